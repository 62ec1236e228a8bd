#pragma once

#include <mpi4cxx/detail/communicators/agreement.hpp>
#include <mpi4cxx/detail/communicators/object_message.hpp>
#include <mpi4cxx/detail/mpi/array.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace MPI4CXX::detail {

/// Whether a ReductionTree is worth its announcement: for two processes it is not, and between groups there is none. The same on every process.
MPI4CXX_API bool is_tree_better(const Comm& comm, At at);

/// How the processes of an intracommunicator combine their objects: each combines what it has with what its children send, whose ranks follow,
/// and sends that to its parent. So the order of ranks is kept, as many combine at a time as can, and nobody holds all objects. The messages
/// travel on the channel, under tags that all processes tell each other first.
class MPI4CXX_API ReductionTree {
public:
    /// Collective.
    ReductionTree(const Comm& comm, At at);

    /// Whether the channel reaches all processes.
    [[nodiscard]] bool is_usable() const noexcept { return usable_; }
    /// The objects of all processes, combined on `root`. Where `op` throws, the processes up to the root get nothing, and this throws on all.
    template <class T, class F> std::optional<T> combine(const T& object, F& op, int root) {
        std::optional<T> result;
        std::exception_ptr failure;
        const auto attempt = [&](auto step) {
            try {
                step();
            } catch (...) {  // the others wait for what this process has
                failure = std::current_exception();
                result.reset();
            }
        };
        attempt([&] { result.emplace(object); });
        for (const int child : children_)
            attempt([&] {
                Incoming incoming;
                if (!receive(incoming, child, object_type<T>))
                    result.reset();
                if (!result)
                    return;
                const T next = unpacked<T>(incoming);
                T combined = op(std::move(*result), next);  // which may be a reference to one of its arguments
                result = std::move(combined);
            });
        if (const int to = rank_ == 0 && root != 0 ? root : parent_; to != PROC_NULL) {
            InlineBuffer room;
            Packing packing(room, Packing::Blocks::beside);
            attempt([&] {
                if (result)
                    pack(*result, packing);
            });
            if (result)
                attempt([&] { send(&packing, to); });  // which throws before anything is sent
            if (!result)
                attempt([&] { send(nullptr, to); });
        }
        if (rank_ == root && root != 0)
            attempt([&] {
                Incoming incoming;
                result.reset();
                if (receive(incoming, 0, object_type<T>))
                    result = unpacked<T>(incoming);
            });
        agree(comm_, failure, at_);
        return rank_ == root ? std::move(result) : std::nullopt;
    }

private:
    struct Address {
        int rank, tag;  // on the channel
    };

    /// Whether an object comes: none does from a process that failed.
    bool receive(Incoming& incoming, int from, const ObjectType& type) const;
    /// Sends what is combined; null where there is nothing.
    void send(Packing* object, int to) const;

    const Comm& comm_;
    MPI_Comm channel_ = MPI_COMM_NULL;
    At at_;
    Array<Address> addresses_;
    Array<int> children_;
    int rank_ = 0;
    int parent_ = PROC_NULL;
    bool usable_ = true;
};

}  // namespace MPI4CXX::detail
