#pragma once

#include <mpi4cxx/detail/object.hpp>

#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace mpi4cxx::detail {

/// Whether a Tree is worth its announcement: for two processes it is not, and between groups there is none. The same on every process.
MPI4CXX_API bool is_tree_better(const Comm& comm, int root, At at);

/// How the processes of an intracommunicator combine their objects: each combines what it has with what its children send, whose ranks follow,
/// and sends that to its parent. So the order of ranks is kept, as many combine at a time as can, and nobody holds all objects. The messages
/// travel on the channel, under tags that all processes tell each other first.
class MPI4CXX_API Tree {
public:
    /// Collective.
    Tree(const Comm& comm, At at);

    /// Whether the channel reaches all processes.
    [[nodiscard]] bool is_usable() const noexcept { return usable_; }
    /// The objects of all processes, combined on `root`.
    template <class T, class F> std::optional<T> combine(const T& object, F& op, int root) {
        std::optional<T> result(object);
        std::exception_ptr failure;
        const auto attempt = [&](auto step) {
            try {
                step();
            } catch (...) {  // the others wait for what this process has
                failure = std::current_exception();
            }
        };
        for (const int child : children_)
            attempt([&] {
                Incoming incoming;
                receive(incoming, child, object_type<T>);
                if (failure)
                    return;
                const T next = unpacked<T>(incoming);
                T combined = op(std::move(*result), next);  // which may be a reference to one of its arguments
                result = std::move(combined);
            });
        attempt([&] { hand_on(rank_ == 0 && root != 0 ? root : parent_, *result, failure != nullptr); });
        if (rank_ == root && root != 0)
            attempt([&] {
                Incoming incoming;
                receive(incoming, 0, object_type<T>);
                result = unpacked<T>(incoming);
            });
        if (failure)
            std::rethrow_exception(failure);
        return rank_ == root ? std::move(result) : std::nullopt;
    }

private:
    struct Address {
        int rank, tag;  // on the channel
    };

    void receive(Incoming& incoming, int from, const ObjectType& type) const;
    void send(Packing& object, int to) const;
    /// Sends what is combined, or what no receiver takes for it.
    template <class T> void hand_on(int to, const T& object, bool failed) const {
        if (to == PROC_NULL)
            return;
        Room room;
        Packing packing(room, Packing::Blocks::beside);
        if (failed)
            packing.seal(0);
        else
            pack(object, packing);
        send(packing, to);
    }

    MPI_Comm channel_ = MPI_COMM_NULL;
    At at_;
    std::vector<Address> addresses_;
    std::vector<int> children_;
    int rank_ = 0;
    int parent_ = PROC_NULL;
    bool usable_ = true;
};

}  // namespace mpi4cxx::detail
