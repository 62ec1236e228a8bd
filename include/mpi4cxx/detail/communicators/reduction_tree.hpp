// Reductions of objects along a binomial tree.
#pragma once

#include <mpi4cxx/detail/communicators/agreement.hpp>
#include <mpi4cxx/detail/communicators/object_message.hpp>
#include <mpi4cxx/detail/mpi/array.hpp>

#include <exception>
#include <optional>
#include <span>
#include <utility>

namespace MPI4CXX::detail {

/// Returns whether to use a ReductionTree: not for two processes, where agreeing on its tag costs more than it saves, and not for an
/// intercommunicator. The result is the same on every process.
MPI4CXX_API bool is_tree_better(const Comm& comm, At at);

/// A binomial tree along which the processes of an intracommunicator combine their objects. Each process combines its object with those of its
/// children, which have the next higher ranks, and sends the result to its parent. So the order of ranks is kept, processes combine in parallel, and
/// no process holds all objects. The messages travel on the channel, under a tag on which all processes agree first.
class MPI4CXX_API ReductionTree {
public:
    /// Makes a tree that leads to `root`. Collective.
    ReductionTree(const Comm& comm, int root, At at);

    /// Returns whether the channel reaches all processes, and there are tags. The result is the same on every process.
    [[nodiscard]] bool is_usable() const noexcept { return usable_; }
    /// Returns on the root the combination of the objects of all processes. If `op` throws on one process, this throws on all.
    template <class T, class F> std::optional<T> combine(const T& object, F& op) {
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
        for (const Partner& child : children_)
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
        if (receiver_.rank != PROC_NULL) {
            InlineBuffer room;
            Packing packing(room, Packing::Blocks::beside);
            attempt([&] {
                if (result)
                    pack(*result, packing);
            });
            if (result)
                attempt([&] { send(&packing); });  // throws only before anything is sent
            if (!result)
                attempt([&] { send(nullptr); });
        }
        if (first_.rank != PROC_NULL)
            attempt([&] {
                Incoming incoming;
                result.reset();
                if (receive(incoming, first_, object_type<T>))
                    result = unpacked<T>(incoming);
            });
        const bool failed = has_failed_anywhere(comm_, failure != nullptr, at_);
        give_back_tag();  // all processes have received all messages
        if (failed)
            throw_everywhere(comm_, failure, at_);
        return is_root_ ? std::move(result) : std::nullopt;
    }

private:
    /// Another process of the tree.
    struct Partner {
        int rank = PROC_NULL;  // on the channel
        int tag = 0;           // of what it sends
    };

    /// Agrees with all processes on one tag. Returns false if no tag is free on all of them, because other threads are about to agree on theirs, or
    /// if the channel does not reach a partner of some process.
    bool agree_on_tag(bool reaches_partners);
    /// Tells all processes a tag of this one, and learns those of its partners.
    void announce_tags(bool reaches_partners, std::span<Partner* const> partners);
    void give_back_tag() const;
    /// Receives the object of a process. Returns false if that process has failed.
    bool receive(Incoming& incoming, const Partner& from, const ObjectType& type) const;
    /// Sends the combined object to the receiver; null says that this process has failed.
    void send(Packing* object) const;

    const Comm& comm_;
    MPI_Comm channel_ = MPI_COMM_NULL;
    At at_;
    Array<Partner> children_;
    Partner receiver_;  // the parent; of rank 0, the root if that is another process
    Partner first_;     // rank 0, where the root is another process and this is it
    int own_tag_ = 0;
    bool is_root_ = false;
    bool usable_ = true;
};

}  // namespace MPI4CXX::detail
