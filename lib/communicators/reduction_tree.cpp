// Combines the objects of all processes along a binomial tree.
#include <mpi4cxx/detail/communicators/reduction_tree.hpp>

#include <mpi4cxx/comm.hpp>

#include "communicators/object_route.hpp"
#include "requests/channel.hpp"
#include "requests/side_tag.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace MPI4CXX::detail {

namespace {

/// The type hash that a failed process sends instead of an object's.
constexpr std::uint64_t no_object = 0;

}  // namespace

bool is_tree_better(const Comm& comm, At at) { return comm.Get_size(at) > 2 && !comm.Is_inter(at); }

ReductionTree::ReductionTree(const Comm& comm, int root, At at)
    : comm_(comm), at_(at), children_(std::numeric_limits<int>::digits), is_root_(comm.Get_rank(at) == root) {
    const int rank = comm.Get_rank(at), size = comm.Get_size(at);
    std::size_t children = 0;
    for (int step = 1; step < size && (rank & step) == 0; step *= 2)
        if (rank + step < size)
            children_[children++].rank = rank + step;
    children_.shrink(children);
    if (rank != 0)
        receiver_.rank = rank & (rank - 1);
    else if (!is_root_)
        receiver_.rank = root;
    if (rank != 0 && is_root_)
        first_.rank = 0;

    std::vector<Partner*> partners{&receiver_, &first_};
    for (Partner& child : children_) partners.push_back(&child);
    std::vector<int> ranks(partners.size());
    std::transform(partners.begin(), partners.end(), ranks.begin(), [](const Partner* partner) { return partner->rank; });
    const bool reaches_partners = to_channel_ranks(comm, ranks, at);
    if (agree_on_tag(reaches_partners))
        for (Partner* partner : partners) partner->tag = own_tag_;
    else
        announce_tags(reaches_partners, partners);
    for (std::size_t i = 0; i < partners.size(); ++i) partners[i]->rank = ranks[i];
    if (usable_)
        channel_ = channel(at);
}

bool ReductionTree::agree_on_tag(bool reaches_partners) {
    const std::uint64_t offered = reaches_partners ? take_common_tags() : 0;
    std::uint64_t common = 0;
    try {
        comm_.Allreduce(offered, common, BAND, at_);
    } catch (...) {
        give_back_common_tags(offered);
        throw;
    }
    const std::uint64_t lowest = common & (~common + 1);
    give_back_common_tags(offered & ~lowest);
    if (lowest != 0)
        own_tag_ = std::countr_zero(lowest);
    return lowest != 0;
}

void ReductionTree::announce_tags(bool reaches_partners, std::span<Partner* const> partners) {
    constexpr int none = -1;
    own_tag_ = reaches_partners ? borrow_side_tag().value_or(none) : none;
    std::vector<int> tags(static_cast<std::size_t>(comm_.Get_size(at_)));
    comm_.Allgather(own_tag_, tags, at_);
    for (Partner* partner : partners)
        if (partner->rank != PROC_NULL)
            partner->tag = tags[static_cast<std::size_t>(partner->rank)];
    usable_ = std::find(tags.begin(), tags.end(), none) == tags.end();
    if (!usable_ && own_tag_ != none)
        give_back_side_tag(own_tag_);
}

void ReductionTree::give_back_tag() const { give_back_side_tag(own_tag_); }

bool ReductionTree::receive(Incoming& incoming, const Partner& from, const ObjectType& type) const {
    try {
        incoming.recv(Comm::borrow(channel_), from.rank, from.tag, type, nullptr, at_);
    } catch (const Exception&) {
        if (incoming.type() != no_object)
            throw;
        return false;
    }
    return true;
}

void ReductionTree::send(Packing* object) const {
    InlineBuffer room;
    Packing nothing(room, Packing::Blocks::inside);
    nothing.seal(no_object);
    send_object(Comm::borrow(channel_), SendMode::standard, object != nullptr ? *object : nothing, receiver_.rank, own_tag_, at_);
}

}  // namespace MPI4CXX::detail
