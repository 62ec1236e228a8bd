// The plans of calls whose blocks have counts of their own: v and w calls, and calls that find the counts out.
#include "communicators/plan.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>

#include "handles/element_kind.hpp"

#include <algorithm>
#include <climits>
#include <cstddef>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

namespace {

/// What a thread keeps for the send and for the receive side of its calls, so that they allocate only once.
struct Scratch {
    std::vector<int> counts, displs;
    std::vector<Count> wide_counts;
    std::vector<Aint> wide_displs;
};
thread_local Scratch scratch[2];

/// Returns the sum, or the Count that is next to it: any_count if it is too large.
Count sum_of(Count a, Count b) {
    Count sum = 0;
    return !__builtin_add_overflow(a, b, &sum) ? sum : b < 0 ? -any_count - 1 : any_count;
}

/// Returns whose block is the one of index `i`.
std::string block_of(Peers peers, Side side, std::size_t i) {
    return std::string(side == Side::send ? "for " : "from ") + peers.one() + " " + std::to_string(i);
}

void refuse_negative(const Blocks& blocks, Peers peers, Side side, Caller caller) {
    for (std::size_t i = 0; i < blocks.ranks; ++i)
        if (blocks.counts[i] < 0)
            misuse(caller, std::string(side == Side::send ? "sendbuf" : "recvbuf") + " has a count of " + std::to_string(blocks.counts[i]) + " " +
                               block_of(peers, side, i));
}

Count pack(Blocks& blocks, Scratch& keep) {
    Count end = 0;
    keep.wide_displs.resize(blocks.ranks);
    for (std::size_t i = 0; i < blocks.ranks; ++i) {
        keep.wide_displs[i] = end;
        end = sum_of(end, blocks.counts[i]);
    }
    keep.displs.assign(keep.wide_displs.begin(), keep.wide_displs.end());
    blocks.displs = keep.displs.data();
    return end;
}

/// Counts and displacements as MPI_Count and MPI_Aint, for the large-count functions, which take both so or neither.
void widen(Blocks& blocks, Scratch& keep) {
    if (blocks.ranks == 0)
        return lie_somewhere(blocks.counts, blocks.displs, false);
    keep.wide_counts.resize(blocks.ranks);
    for (std::size_t i = 0; i < blocks.ranks; ++i) keep.wide_counts[i] = blocks.counts[i];
    if (!blocks.packed) {  // else `pack` has left them there
        keep.wide_displs.resize(blocks.ranks);
        for (std::size_t i = 0; i < blocks.ranks; ++i) keep.wide_displs[i] = blocks.displs[i];
    }
    blocks.counts = keep.wide_counts.data();
    blocks.displs = keep.wide_displs.data();
}

}  // namespace

void lie_somewhere(Counts& counts, Displs& displs, bool narrow) {
    static const int none = 0;
    static const Count no_count = 0;
    static const Aint no_displ = 0;
    counts = narrow ? Counts(&none) : Counts(&no_count);
    displs = narrow ? Displs(&none) : Displs(&no_displ);
}

Blocks checked_blocks(Peers peers, Blocks blocks, Count length, Count other, Side side, Caller caller) {
    const char* name = side == Side::send ? "sendbuf" : "recvbuf";
    Scratch& keep = scratch[static_cast<int>(side)];
    const auto number = static_cast<std::size_t>(peers.number);
    if (blocks.ranks != number || (!blocks.packed && blocks.displacements != number))
        misuse(caller, std::string(name) + " has " + std::to_string(blocks.ranks) + " counts and " + std::to_string(blocks.displacements) +
                           " displacements for " + std::to_string(number) + " " + peers.name);
    refuse_negative(blocks, peers, side, caller);
    const Count end = blocks.packed ? pack(blocks, keep) : 0;
    if (blocks.ranks == 0)
        lie_somewhere(blocks.counts, blocks.displs, true);
    Count needed = end;
    for (std::size_t i = 0; i < blocks.ranks && !blocks.packed; ++i) {
        if (blocks.counts[i] == 0)
            continue;  // nothing, wherever it lies
        if (blocks.displs[i] < 0 && length != any_count)
            misuse(caller, std::string(name) + " has a block at " + std::to_string(blocks.displs[i]) + ", before its " + std::to_string(length) +
                               " elements");
        needed = std::max(needed, sum_of(blocks.displs[i], blocks.counts[i]));
    }
    if (needed == any_count)
        misuse(caller, std::string(name) + " has blocks that end beyond what a Count can tell");
    if (needed > length)
        misuse(caller, std::string(name) + " has " + std::to_string(length) + " elements, its blocks need " + std::to_string(needed));
    const bool wide = blocks.counts.is_wide() && blocks.displs.is_wide();
    if (!wide && (blocks.counts.is_wide() || blocks.displs.is_wide() || other > INT_MAX || end > INT_MAX))
        widen(blocks, keep);
    return blocks;
}

void same_width(Blocks& send, Blocks& recv) {
    if (send.counts.is_wide() && !recv.counts.is_wide())
        widen(recv, scratch[static_cast<int>(Side::recv)]);
    if (recv.counts.is_wide() && !send.counts.is_wide())
        widen(send, scratch[static_cast<int>(Side::send)]);
}

namespace {

/// What a buffer has room for, in elements, to compare its blocks with.
template <class Buffer> Count length(const Buffer& buf, Side side, Caller caller) {
    refuse_in_place(buf.data, side, side == Side::send ? only_recv : only_send, caller);
    const char* const name = side == Side::send ? "sendbuf" : "recvbuf";
    refuse_backwards(buf, name, caller);
    if (buf.count != any_count && buf.strided && buf.strided->elements != 1)
        misuse(caller,
               std::string(name) +
                   " has gaps in more than one dimension, so its blocks cannot be counted in elements: give {pointer, counts, displs, datatype}");
    return buf.count;
}

const MPI_Datatype any_type = MPI_BYTE;  // MPICH looks at the first type, also where there are no neighbours

char no_buffer = 0;  // lies where no buffer does

/// As MPI takes it.
template <class Address, class Type> Uneven<Address, Type> uneven(const Blocks& blocks, Address data, Type type) {
    Uneven<Address, Type> result;
    static_cast<Blocks&>(result) = blocks;
    const bool is_empty = blocks.ranks == 0;
    result.data = is_empty && data == nullptr ? &no_buffer : data;
    result.type = type;
    if constexpr (std::is_pointer_v<Type> && !std::is_same_v<Type, MPI_Datatype>)
        result.type = is_empty ? &any_type : type;
    return result;
}
template <class Address> Uneven<Address, MPI_Datatype> uneven(const Blocks& blocks, const BufferParts<Address>& buf) {
    auto result = uneven(blocks, buf.data, buf.type);
    result.strided = buf.strided;
    return result;
}

template <class Address> bool is_block_of(const ConstBuf& one, const Uneven<Address, MPI_Datatype>& all, int rank, Caller caller) {
    const auto i = static_cast<std::size_t>(rank);
    return is_own_block(one, all.data, all.counts[i], all.displs[i], all.type, caller);
}

/// Returns whether this process sends nothing. Then nothing is in place, and other processes, which have to be in place where this one is, may send
/// from other memory than they receive into. MPICH refuses the same memory here too.
bool are_empty(const Blocks& blocks) {
    for (std::size_t i = 0; i < blocks.ranks; ++i)
        if (blocks.counts[i] != 0)
            return false;
    return true;
}

bool are_same(const Blocks& one, const Blocks& other) {
    for (std::size_t i = 0; i < one.ranks; ++i)
        if (one.counts[i] != other.counts[i] || one.displs[i] != other.displs[i])
            return false;
    return true;
}

/// Throws if a block to a neighbor begins in the memory in which a block from one does. `have_same_type` tells whether the types of two blocks are
/// the same: from one place on, different types may have different elements.
template <class F> void refuse_same_blocks(const Blocks& out, const Blocks& in, Caller caller, F have_same_type) {
    for (std::size_t i = 0; i < out.ranks; ++i)
        for (std::size_t j = 0; j < in.ranks; ++j)
            if (out.counts[i] != 0 && in.counts[j] != 0 && out.displs[i] == in.displs[j] && have_same_type(i, j))
                misuse(caller, same_among_neighbors);
}

/// One block, in elements of the container.
struct OneBlock {
    Count elements;
    MPI_Datatype type;

    template <class Address> explicit OneBlock(const BufferParts<Address>& buf) : elements(buf.elements()), type(buf.datatype_of_elements()) {}
    template <class Address> OneBlock(const Uneven<Address, MPI_Datatype>& all, int rank)
        : elements(all.counts[static_cast<std::size_t>(rank)] * (all.strided ? all.strided->elements : 1)),
          type(all.strided ? all.strided->element : all.type) {}
};

void same_own_block(const OneBlock& send, const OneBlock& recv, Caller caller) {
    same_block(send.elements, send.type, recv.elements, recv.type, "for this process", caller);
}

/// Checks the block of the process `rank`, which is this one; it is in place if it lies where it belongs.
void settle_own_block(GathervPlan& plan, int rank, Caller caller) {
    if (plan.send.is_in_place())
        return;
    same_own_block(OneBlock(plan.send), {plan.recv, rank}, caller);
    if (is_block_of(plan.send, plan.recv, rank, caller))
        plan.send = IN_PLACE;
}

GathervPlan blocks_from(Peers peers, const ConstBuf& send, const BufVArg& recv, Caller caller) {
    return {send, uneven(checked_blocks(peers, recv, length(recv, Side::recv, caller), send.count, Side::recv, caller), recv)};
}

AlltoallvPlan blocks_both_ways(const Neighbors& all, const ConstBufVArg& send, const BufVArg& recv, Caller caller) {
    AlltoallvPlan plan{uneven({}, send), uneven(checked_blocks(all.from, recv, length(recv, Side::recv, caller), 0, Side::recv, caller), recv)};
    if (!send.is_in_place()) {
        static_cast<Blocks&>(plan.send) = checked_blocks(all.to, send, length(send, Side::send, caller), 0, Side::send, caller);
        same_width(plan.send, plan.recv);
    }
    return plan;
}

}  // namespace

GathervPlan gatherv_blocks(const Comm& comm, const ConstBuf& send, const BufVArg& recv, int root, Caller caller) {
    if (!is_root(comm, root, caller.at)) {
        if (root != PROC_NULL)
            refuse_in_place(send.data, Side::send, only_root, caller);
        return {send, uneven({}, recv)};
    }
    GathervPlan plan = blocks_from(peers(comm, caller.at), send, recv, caller);
    if (root != ROOT)
        settle_own_block(plan, root, caller);
    return plan;
}

ScattervPlan scatterv_blocks(const Comm& comm, const ConstBufVArg& send, const Buf& recv, int root, Caller caller) {
    Blocks blocks;
    if (is_root(comm, root, caller.at))
        blocks = checked_blocks(peers(comm, caller.at), send, length(send, Side::send, caller), recv.count, Side::send, caller);
    else if (root != PROC_NULL)
        refuse_in_place(recv.data, Side::recv, only_root, caller);
    ScattervPlan plan{uneven(blocks, send), recv};
    if (blocks.ranks != 0 && root != ROOT && !recv.is_in_place()) {
        same_own_block({plan.send, root}, OneBlock(recv), caller);
        if (is_block_of(recv, plan.send, root, caller))
            plan.recv = IN_PLACE;
    }
    return plan;
}

GathervPlan allgatherv_blocks(const Comm& comm, const ConstBuf& send, const BufVArg& recv, Caller caller) {
    GathervPlan plan = blocks_from(peers(comm, caller.at), send, recv, caller);
    refuse_in_place_between_groups(comm, send.data, caller);
    if (!comm.Is_inter(caller.at))
        settle_own_block(plan, comm.Get_rank(caller.at), caller);
    return plan;
}

GathervPlan allgatherv_blocks(Peers peers, const ConstBuf& send, const BufVArg& recv, Caller caller) {
    refuse_in_place(send.data, Side::send, not_among_neighbors, caller);
    GathervPlan plan = blocks_from(peers, send, recv, caller);
    if (send.data == plan.recv.data && send.count != 0 && have_same_layout(send.type, plan.recv.type, caller.at)) {
        const std::vector<int> one{1}, here{0};
        refuse_same_blocks(Blocks(one, here), plan.recv, caller, [](std::size_t, std::size_t) { return true; });
    }
    return plan;
}

AlltoallvPlan alltoallv_blocks(const Comm& comm, const ConstBufVArg& send, const BufVArg& recv, Caller caller) {
    const int all = peers(comm, caller.at);
    const bool is_inter = comm.Is_inter(caller.at);
    refuse_in_place_between_groups(comm, send.data, caller);
    AlltoallvPlan plan = blocks_both_ways({all, all}, send, recv, caller);
    if (!is_inter && !send.is_in_place()) {
        const int rank = comm.Get_rank(caller.at);
        same_own_block({plan.send, rank}, {plan.recv, rank}, caller);
    }
    if (plan.send.data == plan.recv.data && are_empty(plan.send))
        plan.send.data = &no_buffer;
    else if (plan.send.data == plan.recv.data && plan.recv.data != MPI_BOTTOM && !is_inter && are_same(plan.send, plan.recv) &&
             have_same_layout(plan.send.type, plan.recv.type, caller.at))
        plan.send.data = MPI_IN_PLACE;
    return plan;
}

AlltoallvPlan alltoallv_blocks(const Neighbors& all, const ConstBufVArg& send, const BufVArg& recv, Caller caller) {
    refuse_in_place(send.data, Side::send, not_among_neighbors, caller);
    AlltoallvPlan plan = blocks_both_ways(all, send, recv, caller);
    if (plan.send.data == plan.recv.data && have_same_layout(plan.send.type, plan.recv.type, caller.at))
        refuse_same_blocks(plan.send, plan.recv, caller, [](std::size_t, std::size_t) { return true; });
    return plan;
}

namespace {

/// Throws if a block reaches beyond the memory, whose length is known if the user has given a range.
void check_reach(const TypedBlocks& given, const Blocks& blocks, Peers peers, Side side, Caller caller) {
    const At at = caller.at;
    if (given.elements == any_count)
        return;
    const Count length = given.elements * Datatype::borrow(given.element).Get_extent(at).extent;
    for (std::size_t i = 0; i < blocks.ranks; ++i) {
        const Datatype type = Datatype::borrow(given.types.handles[i]);
        if (blocks.counts[i] == 0 || type.is_null() || type.Get_size(at) == 0)
            continue;
        const Datatype::Extent data = type.Get_true_extent(at);
        const Count extent = type.Get_extent(at).extent;
        Count last = 0;  // where the last element lies, from the first
        if (__builtin_mul_overflow(blocks.counts[i] - 1, extent, &last))
            last = extent < 0 ? -any_count : any_count;
        const Count begin = sum_of(sum_of(blocks.displs[i], data.lb), std::min(last, Count{0}));
        const Count end = sum_of(sum_of(blocks.displs[i], data.ub()), std::max(last, Count{0}));
        if (begin < 0 || end > length)
            misuse(caller, std::string(side == Side::send ? "sendbuf" : "recvbuf") + " has " + std::to_string(length) + " bytes, its block " +
                               block_of(peers, side, i) +
                               (begin < 0 ? " begins at byte " + std::to_string(begin) : " ends at byte " + std::to_string(end)));
    }
}

/// Where there are none, one element a peer at displacement 0.
Blocks typed_blocks(Peers peers, const TypedBlocks& given, Side side, Caller caller) {
    const char* const name = side == Side::send ? "sendbuf" : "recvbuf";
    const auto number = static_cast<std::size_t>(peers.number);
    const bool defaults = given.ranks == 0 && given.displacements == 0;
    if (given.types.handles.size() != number || (!defaults && (given.ranks != number || given.displacements != number)))
        misuse(caller, std::string(name) + " has " + std::to_string(given.ranks) + " counts, " + std::to_string(given.displacements) +
                           " displacements and " + std::to_string(given.types.handles.size()) + " datatypes for " + std::to_string(number) + " " +
                           peers.name);
    Blocks blocks = given;
    refuse_negative(blocks, peers, side, caller);
    Scratch& keep = scratch[static_cast<int>(side)];
    if (defaults) {
        keep.counts.assign(number, 1);
        keep.displs.assign(number, 0);
        blocks = Blocks(keep.counts, keep.displs);
    }
    blocks.packed = false;
    if (blocks.ranks == 0)
        lie_somewhere(blocks.counts, blocks.displs, true);
    check_reach(given, blocks, peers, side, caller);
    if (blocks.counts.is_wide() != blocks.displs.is_wide())
        widen(blocks, keep);
    return blocks;
}

}  // namespace

AlltoallwPlan alltoallw_blocks(const Comm& comm, TypedPart<const void> send, TypedPart<void> recv, Caller caller) {
    const int all = peers(comm, caller.at);
    refuse_in_place(recv.data, Side::recv, only_send, caller);
    refuse_in_place_between_groups(comm, send.data, caller);
    AlltoallwPlan plan{uneven({}, send.data, static_cast<const MPI_Datatype*>(nullptr)),
                       uneven(typed_blocks(all, recv.blocks, Side::recv, caller), recv.data, recv.blocks.types.handles.data())};
    if (send.data != MPI_IN_PLACE) {
        plan.send = uneven(typed_blocks(all, send.blocks, Side::send, caller), send.data, send.blocks.types.handles.data());
        same_width(plan.send, plan.recv);
    }
    if (send.data == recv.data && are_empty(plan.send))
        plan.send.data = &no_buffer;
    else if (send.data == recv.data && recv.data != MPI_BOTTOM && !comm.Is_inter(caller.at) && are_same(plan.send, plan.recv) &&
             std::equal(plan.send.type, plan.send.type + all, plan.recv.type,
                        [&](MPI_Datatype out, MPI_Datatype in) { return have_same_layout(out, in, caller.at); }))
        plan.send = uneven({}, static_cast<const void*>(MPI_IN_PLACE), static_cast<const MPI_Datatype*>(nullptr));
    return plan;
}

void check_equal_sizes(const RecvW& blocks, Caller caller) {
    const auto size = [&](std::size_t i) { return blocks.counts[i] * Datatype::borrow(blocks.type[i]).Get_size(caller.at); };
    for (std::size_t i = 1; i < blocks.ranks; ++i)
        if (size(i) != size(0))
            misuse(caller, "blocks in place of " + std::to_string(size(0)) + " and " + std::to_string(size(i)) +
                               " bytes are mixed up by this MPI: send from another buffer");
}

NeighborwPlan neighbor_alltoallw_blocks(const Neighbors& all, TypedPart<const void> send, TypedPart<void> recv, Caller caller) {
    refuse_in_place(send.data, Side::send, not_among_neighbors, caller);
    refuse_in_place(recv.data, Side::recv, not_among_neighbors, caller);
    Blocks out = typed_blocks(all.to, send.blocks, Side::send, caller), in = typed_blocks(all.from, recv.blocks, Side::recv, caller);
    same_width(out, in);
    if (send.data == recv.data)
        refuse_same_blocks(out, in, caller, [&](std::size_t i, std::size_t j) {
            return have_same_layout(send.blocks.types.handles[i], recv.blocks.types.handles[j], caller.at);
        });
    const auto side = [](Blocks& blocks, const MPI_Datatype* types, Scratch& keep) {
        if (!blocks.displs.is_wide()) {
            const Blocks narrow = blocks;
            widen(blocks, keep);
            if (has_int_neighbor_alltoallw())
                blocks.counts = narrow.counts;
        }
        return NeighborW{blocks.ranks, blocks.counts, static_cast<const Aint*>(blocks.displs), blocks.ranks == 0 ? &any_type : types};
    };
    return {side(out, send.blocks.types.handles.data(), scratch[static_cast<int>(Side::send)]),
            side(in, recv.blocks.types.handles.data(), scratch[static_cast<int>(Side::recv)])};
}

namespace {

/// The counts that have come into `keep`, packed; wide only where they, or `other`, have to be.
FoundOut found_out(Scratch& keep, Count other) {
    FoundOut result;
    Blocks& blocks = result.blocks;
    blocks.ranks = keep.wide_counts.size();
    blocks.counts = keep.wide_counts.data();
    const Count end = pack(blocks, keep);
    if (end > INT_MAX || other > INT_MAX) {
        blocks.displs = keep.wide_displs.data();
    } else {
        keep.counts.assign(keep.wide_counts.begin(), keep.wide_counts.end());
        blocks.counts = keep.counts.data();
    }
    result.total = static_cast<std::size_t>(end);
    return result;
}

Count* room(Scratch& keep, int number) {
    keep.wide_counts.resize(static_cast<std::size_t>(number));
    return keep.wide_counts.data();
}

/// As one width, in the memory of what is sent, which may hold them already.
const Count* wide_counts(const Blocks& blocks) {
    std::vector<Count>& counts = scratch[static_cast<int>(Side::send)].wide_counts;
    if (blocks.counts.is_wide())
        return static_cast<const Count*>(blocks.counts);
    counts.resize(blocks.ranks);
    for (std::size_t i = 0; i < blocks.ranks; ++i) counts[i] = blocks.counts[i];
    return counts.data();
}

}  // namespace

ReduceScatterPlan reduce_scatter_blocks(const Comm& comm, const ConstBuf& send, const Buf& recv, CountList recvcounts, const Op& op, Caller caller) {
    Blocks blocks(recvcounts, {});
    if (recvcounts.size == 0 && !send.is_in_place() && !comm.Is_inter(caller.at))
        blocks = counts_of_all(comm, recv.count, caller.at).blocks;
    refuse_in_place(recv.data, Side::recv, only_send, caller);
    refuse_in_place_between_groups(comm, send.data, caller);
    const auto size = static_cast<std::size_t>(comm.Get_size(caller.at));
    if (blocks.ranks == 0)
        misuse(caller, "recvcounts must be given " + std::string(send.is_in_place() ? "in place" : "on an intercommunicator"));
    if (blocks.ranks != size)
        misuse(caller, std::to_string(blocks.ranks) + " recvcounts for " + std::to_string(size) + " processes");
    Count sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
        if (blocks.counts[i] < 0)
            misuse(caller, "recvcounts has " + std::to_string(blocks.counts[i]) + " for rank " + std::to_string(i));
        sum = sum_of(sum, blocks.counts[i]);
    }
    const Count own = send.is_in_place() ? sum : blocks.counts[static_cast<std::size_t>(comm.Get_rank(caller.at))];
    if (!send.is_in_place() && send.type != recv.type)
        mismatch(send.count, send.type, recv.count, recv.type, caller.at, caller.method);
    if (!send.is_in_place() && send.count != sum)
        misuse(caller, "sendbuf has " + std::to_string(send.count) + " elements, recvcounts are " + std::to_string(sum) + " in all");
    if (recv.count != own)
        misuse(caller, "recvbuf has " + std::to_string(recv.count) + " elements, recvcounts say " + std::to_string(own));
    ConstBuf all = send;
    all.count = recv.count;  // of the block of this process, as MPI counts
    Pair pair = allreduce_pair(comm, all, recv, op, caller);
    if (recv.element != nullptr && pair.recv.element == nullptr) {  // of arrays, MPI counts the numbers
        Scratch& keep = scratch[static_cast<int>(Side::send)];
        std::vector<Count> numbers(size);
        for (std::size_t i = 0; i < size; ++i) numbers[i] = blocks.counts[i] * recv.element->numbers;
        keep.wide_counts = std::move(numbers);
        blocks = found_out(keep, 0).blocks;
    }
    return {std::move(pair.send), std::move(pair.recv), blocks};
}

FoundOut counts_of_all(const Comm& comm, Count count, At at) {
    Scratch& keep = scratch[static_cast<int>(Side::recv)];
    call<MPI_Allgather>(&count, 1, MPI_COUNT, room(keep, peers(comm, at)), 1, MPI_COUNT, comm.handle(), Place(at, comm.address()));
    return found_out(keep, count);
}

FoundOut counts_at_root(const Comm& comm, Count count, int root, At at) {
    Scratch& keep = scratch[static_cast<int>(Side::recv)];
    const bool here = is_root(comm, root, at);
    call<MPI_Gather>(&count, 1, MPI_COUNT, room(keep, here ? peers(comm, at) : 0), 1, MPI_COUNT, root, comm.handle(), Place(at, comm.address()));
    return found_out(keep, here ? count : 0);
}

namespace {

/// What this process tells the others about the blocks that it sends. If these are wrong, it says that to each of them, so that all throw.
struct Told {
    Blocks blocks;
    const Count* counts = nullptr;
    std::exception_ptr failure;

    Told(Peers peers, const ConstBufVArg& send, Caller caller) {
        try {
            blocks = checked_blocks(peers, send, length(send, Side::send, caller), 0, Side::send, caller);
            counts = wide_counts(blocks);
        } catch (...) {
            failure = std::current_exception();
            std::vector<Count>& wrong = scratch[static_cast<int>(Side::send)].wide_counts;
            wrong.assign(static_cast<std::size_t>(peers.number), -1);
            counts = wrong.data();
        }
    }
    /// Throws if this process, or `rank`, has wrong counts.
    void check(Count came, int rank, Caller caller) const {
        if (failure)
            std::rethrow_exception(failure);
        if (came < 0)
            misuse(caller, "rank " + std::to_string(rank) + " cannot send its blocks: the error there says why");
    }
};

}  // namespace

ExchangePlan counts_from_all(const Comm& comm, const ConstBufVArg& send, Caller caller) {
    const int all = peers(comm, caller.at);
    const Told told(all, send, caller);
    Scratch& keep = scratch[static_cast<int>(Side::recv)];
    call<MPI_Alltoall>(told.counts, 1, MPI_COUNT, room(keep, all), 1, MPI_COUNT, comm.handle(), Place(caller.at, comm.address()));
    for (int rank = 0; rank < all; ++rank) told.check(keep.wide_counts[static_cast<std::size_t>(rank)], rank, caller);
    FoundOut found = found_out(keep, 0);
    ExchangePlan plan{uneven(told.blocks, send), found.blocks, found.total};
    same_width(plan.send, plan.blocks);
    return plan;
}

Count count_from_root(const Comm& comm, const ConstBufVArg& send, int root, Caller caller) {
    const bool here = is_root(comm, root, caller.at);
    const Told told(here ? peers(comm, caller.at) : 0, here ? send : ConstBufVArg(), caller);
    Count count = 0;
    call<MPI_Scatter>(told.counts, 1, MPI_COUNT, &count, 1, MPI_COUNT, root, comm.handle(), Place(caller.at, comm.address()));
    told.check(count, root, caller);
    return count;
}

void* grow(const AnyVector& result, const std::optional<AnyVector>& counts, const Blocks& blocks, std::size_t total) {
    if (counts) {
        auto* const to = counts->room<Count>(blocks.ranks);
        for (std::size_t i = 0; i < blocks.ranks; ++i) to[i] = blocks.counts[i];
    }
    return result(total);
}

std::vector<Count> equal_counts(const Comm& comm, Count count, At at) { return std::vector<Count>(static_cast<std::size_t>(peers(comm, at)), count); }

bool is_alone(const Comm& comm, const Blocks& blocks, At at) { return blocks.ranks == 1 && !comm.Is_inter(at); }

}  // namespace MPI4CXX::detail
