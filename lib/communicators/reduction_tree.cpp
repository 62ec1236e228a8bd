// Combines the objects of all processes along a binomial tree.
#include <mpi4cxx/detail/communicators/reduction_tree.hpp>

#include <mpi4cxx/comm.hpp>

#include "communicators/object_route.hpp"
#include "requests/channel.hpp"
#include "requests/side_tag.hpp"

#include <algorithm>
#include <limits>

namespace MPI4CXX::detail {

namespace {

/// The type hash that a failed process sends instead of an object's.
constexpr std::uint64_t no_object = 0;

}  // namespace

bool is_tree_better(const Comm& comm, At at) { return comm.Get_size(at) > 2 && !comm.Is_inter(at); }

ReductionTree::ReductionTree(const Comm& comm, At at)
    : comm_(comm), at_(at), addresses_(static_cast<std::size_t>(comm.Get_size(at))), rank_(comm.Get_rank(at)) {
    Address own{PROC_NULL, 0};
    if (reaches_all(comm, at))
        if (const std::optional<int> tag = borrow_side_tag()) {
            own = {channel_rank(), *tag};
            channel_ = channel(at);
        }
    comm.Allgather({&own, sizeof own, BYTE}, {addresses_.data(), sizeof own, BYTE}, at);
    usable_ = std::none_of(addresses_.begin(), addresses_.end(), [](Address address) { return address.rank == PROC_NULL; });
    if (!usable_)
        give_back_tag();
    const int size = static_cast<int>(addresses_.size());
    std::size_t children = 0;
    children_ = Array<int>(std::numeric_limits<int>::digits);
    for (int step = 1; step < size && parent_ == PROC_NULL; step *= 2)
        if ((rank_ & step) != 0)
            parent_ = rank_ - step;
        else if (rank_ + step < size)
            children_[children++] = rank_ + step;
    children_.shrink(children);
}

void ReductionTree::give_back_tag() const {
    if (const Address& own = addresses_[static_cast<std::size_t>(rank_)]; own.rank != PROC_NULL)
        give_back_side_tag(own.tag);
}

bool ReductionTree::receive(Incoming& incoming, int from, const ObjectType& type) const {
    const Address& address = addresses_[static_cast<std::size_t>(from)];
    try {
        incoming.recv(Comm::borrow(channel_), address.rank, address.tag, type, nullptr, at_);
    } catch (const Exception&) {
        if (incoming.type() != no_object)
            throw;
        return false;
    }
    return true;
}

void ReductionTree::send(Packing* object, int to) const {
    InlineBuffer room;
    Packing nothing(room, Packing::Blocks::inside);
    nothing.seal(no_object);
    const int tag = addresses_[static_cast<std::size_t>(rank_)].tag;
    send_object(Comm::borrow(channel_), SendMode::standard, object != nullptr ? *object : nothing, addresses_[static_cast<std::size_t>(to)].rank, tag,
                at_);
}

}  // namespace MPI4CXX::detail
