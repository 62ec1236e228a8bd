#include <mpi4cxx/detail/tree.hpp>

#include <mpi4cxx/comm.hpp>

#include "channel.hpp"

#include <algorithm>
#include <string>

namespace mpi4cxx::detail {

namespace {

/// The type of what a process sends that has failed.
constexpr std::uint64_t no_object = 0;

}  // namespace

bool is_tree_better(const Comm& comm, At at) { return comm.Get_size(at) > 2 && !comm.Is_inter(at); }

Tree::Tree(const Comm& comm, At at) : at_(at), addresses_(static_cast<std::size_t>(comm.Get_size(at))), rank_(comm.Get_rank(at)) {
    Address own{PROC_NULL, 0};
    if (reaches_all(comm, at)) {
        own = {channel_rank(), next_channel_tag()};
        channel_ = channel(at);
    }
    comm.Allgather({&own, sizeof own, BYTE}, {addresses_.data(), sizeof own, BYTE}, at);
    usable_ = std::none_of(addresses_.begin(), addresses_.end(), [](Address address) { return address.rank == PROC_NULL; });
    const int size = static_cast<int>(addresses_.size());
    for (int step = 1; step < size && parent_ == PROC_NULL; step *= 2)
        if ((rank_ & step) != 0)
            parent_ = rank_ - step;
        else if (rank_ + step < size)
            children_.push_back(rank_ + step);
}

bool Tree::receive(Incoming& incoming, int from, const ObjectType& type) const {
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

void Tree::send(Packing* object, int to) const {
    Packing nothing(Packing::Blocks::inside);
    nothing.seal(no_object);
    const int tag = addresses_[static_cast<std::size_t>(rank_)].tag;
    send_object(Comm::borrow(channel_), SendMode::standard, object != nullptr ? *object : nothing, addresses_[static_cast<std::size_t>(to)].rank, tag,
                at_);
}

namespace {

std::string words_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "an exception of a type that is no std::exception";
    }
}

}  // namespace

void agree(const Comm& comm, const std::exception_ptr& failure, At at) {
    const int rounds = comm.Is_inter(at) ? 2 : 1;  // between groups, each round tells what the other group knows
    int failed = failure ? 1 : 0;
    for (int i = 0; i < rounds; ++i) {
        const int here = failed;
        int there = 0;
        comm.Allreduce(here, there, MAX, at);
        failed = std::max(here, there);
    }
    if (failed == 0)
        return;
    std::string words = failure ? "rank " + std::to_string(comm.Get_rank(at)) + " threw: " + words_of(failure) : std::string();
    for (int i = 0; i < rounds; ++i) {
        const auto [all, lengths] = comm.Allgatherv_counted(words, at);
        const auto first = std::find_if(lengths.begin(), lengths.end(), [](Count length) { return length != 0; });
        if (words.empty() && first != lengths.end())
            words.assign(all.data(), static_cast<std::size_t>(*first));
    }
    if (failure)
        std::rethrow_exception(failure);
    throw Exception(MPI_ERR_OP, "reduction", words, {at, comm.address()});
}

}  // namespace mpi4cxx::detail
