// Reductions of objects along a binomial tree.
#pragma once

#include <mpi4cxx/detail/communicators/agreement.hpp>
#include <mpi4cxx/detail/communicators/object_message.hpp>
#include <mpi4cxx/detail/mpi/array.hpp>

#include <exception>
#include <optional>
#include <utility>

namespace MPI4CXX::detail {

/// Returns whether to use a ReductionTree: not for two processes, where announcing its tags costs more than it saves, and not for an
/// intercommunicator. The result is the same on every process.
MPI4CXX_API bool is_tree_better(const Comm& comm, At at);

/// A binomial tree along which the processes of an intracommunicator combine their objects. Each process combines its object with those of its
/// children, which have the next higher ranks, and sends the result to its parent. So the order of ranks is kept, processes combine in parallel, and
/// no process holds all objects. The messages travel on the channel, under tags that all processes tell each other first.
class MPI4CXX_API ReductionTree {
public:
    /// Tells all processes the tags of the messages. Collective.
    ReductionTree(const Comm& comm, At at);

    /// Returns whether the channel reaches all processes, and each has a tag.
    [[nodiscard]] bool is_usable() const noexcept { return usable_; }
    /// Returns on `root` the combination of the objects of all processes. If `op` throws on one process, this throws on all.
    template <class T, class F> std::optional<T> combine(const T& object, F& op, int root) {
        std::optional<T> result;
        std::exception_ptr failure;
        const auto attempt = [&](auto step) {
            try {
                step();
            } catch (...) {  // not thrown yet: other processes wait for this one
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
                T combined = op(std::move(*result), next);  // op may return a reference to one of its arguments
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
                attempt([&] { send(&packing, to); });  // throws only before anything is sent
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
        const bool failed = has_failed_anywhere(comm_, failure != nullptr, at_);
        give_back_tag();  // all processes have received all messages
        if (failed)
            throw_everywhere(comm_, failure, at_);
        return rank_ == root ? std::move(result) : std::nullopt;
    }

private:
    struct Address {
        int rank, tag;  // on the channel
    };

    void give_back_tag() const;
    /// Receives the object of a process. Returns false if that process has failed.
    bool receive(Incoming& incoming, int from, const ObjectType& type) const;
    /// Sends a combined object; null says that this process has failed.
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
