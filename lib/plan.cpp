#include "plan.hpp"

#include <climits>
#include <numeric>
#include <string>
#include <vector>

namespace mpi4cxx::detail {

namespace {

/// The elements of one of `parts` equal blocks.
Count block(Count elements, Peers parts, const char* name, Caller caller) {
    if (parts.number == 0 ? elements != 0 : elements % parts.number != 0)
        misuse(caller, std::string(name) + " has " + std::to_string(elements) + " elements, which is not a multiple of " +
                           std::to_string(parts.number) + " " + parts.name);
    return parts.number == 0 ? 0 : elements / parts.number;
}

/// One process's block against the other side, where both can be counted in the same elements.
void same_block(const ConstBuf& one, const Buf& other, const char* one_name, const char* other_name, Caller caller) {
    if (one.type == other.type && one.count != other.count)
        misuse(caller, std::string(one_name) + " has " + std::to_string(one.count) + " elements a process, " + other_name + " " +
                           std::to_string(other.count));
}

}  // namespace

Count partition(Count elements, int partitions, Caller caller) { return block(elements, {partitions, "partitions"}, "buf", caller); }

void check_comm(const Comm& comm, Caller caller) {
    if (comm.is_null())
        misuse(caller, "the communicator is null");
}

void check_message(MPI_Message message, Caller caller) {
    if (message == MPI_MESSAGE_NULL)
        misuse(caller, "the message is null");
}

std::vector<int> periods_of(Ints dims, Flags periods, Caller caller) {
    if (periods.size() != 0 && periods.size() != dims.size())
        misuse(caller, std::to_string(dims.size()) + " dimensions, " + std::to_string(periods.size()) + " periods");
    std::vector<int> wraps(dims.size(), 0);
    for (std::size_t i = 0; i < periods.size(); ++i) wraps[i] = periods[i] ? 1 : 0;
    return wraps;
}

void check_graph(Ints index, Ints edges, Caller caller) {
    int end = 0;
    for (const int next : index) {
        if (next < end)
            misuse(caller, "index goes from " + std::to_string(end) + " back to " + std::to_string(next));
        end = next;
    }
    if (end != edges.length())
        misuse(caller, "index ends with " + std::to_string(end) + ", there are " + std::to_string(edges.size()) + " edges");
    for (const int edge : edges)  // Open MPI 4.1 does not look
        check_node(edge, index.length(), caller);
}

void check_node(int node, int nodes, Caller caller) {
    if (node < 0 || node >= nodes)
        misuse(caller, "node " + std::to_string(node) + " in a graph of " + std::to_string(nodes));
}

void check_degrees(Ints sources, Ints degrees, Ints destinations, Caller caller) {
    if (degrees.size() != sources.size())
        misuse(caller, std::to_string(sources.size()) + " sources, " + std::to_string(degrees.size()) + " degrees");
    const int edges = std::accumulate(degrees.begin(), degrees.end(), 0);
    if (edges != destinations.length())
        misuse(caller, "the degrees are " + std::to_string(edges) + " in all, there are " + std::to_string(destinations.size()) + " destinations");
}

void check_weights(const Weights& weights, Ints edges, const char* name, Caller caller) {
    if (!weights.is_unweighted() && weights.size() != edges.size())
        misuse(caller, std::to_string(edges.size()) + " " + name + ", " + std::to_string(weights.size()) + " weights");
}

int peers(const Comm& comm, At at) { return comm.Is_inter(at) ? get<MPI_Comm_remote_size>(comm.handle(), at) : comm.Get_size(at); }

Neighbors neighbors(const Topocomm& comm, At at) {
    const auto [in, out] = comm.degrees(at);
    return {{out, "neighbors"}, {in, "neighbors"}};
}

Peers sources(const Topocomm& comm, At at) { return neighbors(comm, at).from; }

bool is_root(const Comm& comm, int root, At at) { return comm.Is_inter(at) ? root == ROOT : root == comm.Get_rank(at); }

Pair gather_blocks(const Comm& comm, ConstBuf send, Buf recv, int root, Caller caller) {
    if (is_root(comm, root, caller.at)) {
        recv.count = block(recv.count, peers(comm, caller.at), "recvbuf", caller);
        if (!send.is_in_place() && root != ROOT)
            same_block(send, recv, "sendbuf", "recvbuf", caller);
    }
    return {send, recv};
}

Pair scatter_blocks(const Comm& comm, ConstBuf send, Buf recv, int root, Caller caller) {
    if (is_root(comm, root, caller.at)) {
        send.count = block(send.count, peers(comm, caller.at), "sendbuf", caller);
        if (!recv.is_in_place() && root != ROOT)
            same_block(send, recv, "sendbuf", "recvbuf", caller);
    }
    return {send, recv};
}

Pair allgather_blocks(const Comm& comm, ConstBuf send, Buf recv, Caller caller) {
    recv.count = block(recv.count, peers(comm, caller.at), "recvbuf", caller);
    if (!send.is_in_place() && !comm.Is_inter(caller.at))
        same_block(send, recv, "sendbuf", "recvbuf", caller);
    return {send, recv};
}

Pair alltoall_blocks(const Comm& comm, ConstBuf send, Buf recv, Caller caller) {
    const int processes = peers(comm, caller.at);
    recv.count = block(recv.count, processes, "recvbuf", caller);
    if (!send.is_in_place()) {
        send.count = block(send.count, processes, "sendbuf", caller);
        if (!comm.Is_inter(caller.at))
            same_block(send, recv, "sendbuf", "recvbuf", caller);
    }
    return {send, recv};
}

Pair reduce_pair(const Comm& comm, ConstBuf send, Buf recv, int root, Caller caller) {
    if (!is_root(comm, root, caller.at))
        return {send, {nullptr, send.count, Datatype::borrow(send.type)}};  // its address is not significant here
    if (root == ROOT) {
        static const char insignificant = 0;  // but MPICH wants an address that is neither null nor recvbuf's
        return {insignificant, recv};
    }
    check_pair(send, recv, caller);
    return {send, recv};
}

Pair allreduce_pair(const ConstBuf& send, const Buf& recv, Caller caller) {
    check_pair(send, recv, caller);
    return {send, recv};
}

Pair reduce_blocks(const Comm& comm, ConstBuf send, Buf recv, Caller caller) {
    const int processes = comm.Get_size(caller.at);
    if (send.is_in_place()) {
        recv.count = block(recv.count, processes, "recvbuf", caller);
    } else {
        send.count = block(send.count, processes, "sendbuf", caller);
        check_pair(send, recv, caller);
    }
    return {send, recv};
}

namespace {

/// What a thread keeps for the send and for the receive side of its calls, so that they allocate only once.
struct Scratch {
    std::vector<int> counts, displs;
    std::vector<Count> wide_counts;
    std::vector<Aint> wide_displs;
};
thread_local Scratch scratch[2];

Count pack(Blocks& blocks, Scratch& keep) {
    Count end = 0;
    keep.wide_displs.resize(blocks.ranks);
    for (std::size_t i = 0; i < blocks.ranks; ++i) {
        keep.wide_displs[i] = end;
        end += blocks.counts[i];
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
    const Count end = blocks.packed ? pack(blocks, keep) : 0;
    if (blocks.ranks == 0)
        lie_somewhere(blocks.counts, blocks.displs, true);
    for (std::size_t i = 0; i < blocks.ranks; ++i) {
        if (blocks.counts[i] == 0)
            continue;  // nothing, wherever it lies
        const Count first = blocks.packed ? 0 : blocks.displs[i], last = blocks.packed ? end : first + blocks.counts[i];
        if (first < 0)
            misuse(caller, std::string(name) + " has a block at " + std::to_string(first) + ", before its " + std::to_string(length) + " elements");
        if (last > length)
            misuse(caller, std::string(name) + " has " + std::to_string(length) + " elements, its blocks need " + std::to_string(last));
    }
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

const MPI_Datatype any_type = MPI_BYTE;  // MPICH looks at the first type, also where there are no neighbours

/// As MPI takes it.
template <class Address, class Type> Uneven<Address, Type> uneven(const Blocks& blocks, Address data, Type type) {
    Uneven<Address, Type> result;
    static_cast<Blocks&>(result) = blocks;
    static char nowhere = 0;
    const bool is_empty = blocks.ranks == 0;
    result.data = is_empty && data == nullptr ? &nowhere : data;
    result.type = type;
    if constexpr (std::is_pointer_v<Type> && !std::is_same_v<Type, MPI_Datatype>)
        result.type = is_empty ? &any_type : type;
    return result;
}

}  // namespace

GathervPlan gatherv_blocks(const Comm& comm, const ConstBuf& send, const BufV& recv, int root, Caller caller) {
    if (is_root(comm, root, caller.at))
        return allgatherv_blocks(peers(comm, caller.at), send, recv, caller);
    return {send, uneven({}, recv.data, recv.type)};
}

ScattervPlan scatterv_blocks(const Comm& comm, const ConstBufV& send, const Buf& recv, int root, Caller caller) {
    Blocks blocks;
    if (is_root(comm, root, caller.at))
        blocks = checked_blocks(peers(comm, caller.at), send, send.count, recv.count, Side::send, caller);
    return {uneven(blocks, send.data, send.type), recv};
}

GathervPlan allgatherv_blocks(const Comm& comm, const ConstBuf& send, const BufV& recv, Caller caller) {
    return allgatherv_blocks(peers(comm, caller.at), send, recv, caller);
}

GathervPlan allgatherv_blocks(Peers peers, const ConstBuf& send, const BufV& recv, Caller caller) {
    return {send, uneven(checked_blocks(peers, recv, recv.count, send.count, Side::recv, caller), recv.data, recv.type)};
}

AlltoallvPlan alltoallv_blocks(const Comm& comm, const ConstBufV& send, const BufV& recv, Caller caller) {
    const int all = peers(comm, caller.at);
    return alltoallv_blocks({all, all}, send, recv, caller);
}

AlltoallvPlan alltoallv_blocks(const Neighbors& all, const ConstBufV& send, const BufV& recv, Caller caller) {
    AlltoallvPlan plan{uneven({}, send.data, send.type),
                       uneven(checked_blocks(all.from, recv, recv.count, 0, Side::recv, caller), recv.data, recv.type)};
    if (!send.is_in_place()) {
        static_cast<Blocks&>(plan.send) = checked_blocks(all.to, send, send.count, 0, Side::send, caller);
        same_width(plan.send, plan.recv);
    }
    return plan;
}

namespace {

/// Where there are none, one element a peer at displacement 0.
Blocks typed_blocks(Peers peers, const TypedBlocks& given, Side side, Caller caller) {
    const auto number = static_cast<std::size_t>(peers.number);
    const bool defaults = given.ranks == 0 && given.displacements == 0;
    if (given.types.handles.size() != number || (!defaults && (given.ranks != number || given.displacements != number)))
        misuse(caller, std::string(side == Side::send ? "sendbuf" : "recvbuf") + " has " + std::to_string(given.ranks) + " counts, " +
                           std::to_string(given.displacements) + " displacements and " + std::to_string(given.types.handles.size()) +
                           " datatypes for " + std::to_string(number) + " " + peers.name);
    Blocks blocks = given;
    Scratch& keep = scratch[static_cast<int>(side)];
    if (defaults) {
        keep.counts.assign(number, 1);
        keep.displs.assign(number, 0);
        blocks = Blocks(keep.counts, keep.displs);
    }
    blocks.packed = false;
    if (blocks.ranks == 0)
        lie_somewhere(blocks.counts, blocks.displs, true);
    if (blocks.counts.is_wide() != blocks.displs.is_wide())
        widen(blocks, keep);
    return blocks;
}

}  // namespace

AlltoallwPlan alltoallw_blocks(const Comm& comm, const ConstBufW& send, const BufW& recv, Caller caller) {
    const int all = peers(comm, caller.at);
    AlltoallwPlan plan{uneven({}, send.data, static_cast<const MPI_Datatype*>(nullptr)),
                       uneven(typed_blocks(all, recv, Side::recv, caller), recv.data, recv.types.handles.data())};
    if (!send.is_in_place()) {
        plan.send = uneven(typed_blocks(all, send, Side::send, caller), send.data, send.types.handles.data());
        same_width(plan.send, plan.recv);
    }
    return plan;
}

NeighborwPlan neighbor_alltoallw_blocks(const Neighbors& all, const ConstBufW& send, const BufW& recv, Caller caller) {
    Blocks out = typed_blocks(all.to, send, Side::send, caller), in = typed_blocks(all.from, recv, Side::recv, caller);
    same_width(out, in);
    const auto side = [](Blocks& blocks, const MPI_Datatype* types, Scratch& keep) {
        if (!blocks.displs.is_wide()) {
            const Blocks narrow = blocks;
            widen(blocks, keep);
            if (has_int_neighbor_alltoallw)
                blocks.counts = narrow.counts;
        }
        return NeighborW{blocks.ranks, blocks.counts, static_cast<const Aint*>(blocks.displs), blocks.ranks == 0 ? &any_type : types};
    };
    return {side(out, send.types.handles.data(), scratch[static_cast<int>(Side::send)]),
            side(in, recv.types.handles.data(), scratch[static_cast<int>(Side::recv)])};
}

namespace {

// A side without neighbours has to say as much as the other all the same: of none, Open MPI 4.1 does nothing at all.
char nobody = 0;

void like_other(Buf& recv, const ConstBuf& send) { recv = Buf(&nobody, send.count, Datatype::borrow(send.type)); }
void like_other(ConstBuf& send, const Buf& recv) { send = ConstBuf(&nobody, recv.count, Datatype::borrow(recv.type)); }

}  // namespace

Pair neighbor_allgather_blocks(Peers from, ConstBuf send, Buf recv, Caller caller) {
    recv.count = block(recv.count, from, "recvbuf", caller);
    if (from.number == 0)
        like_other(recv, send);
    return {send, recv};
}

Pair neighbor_alltoall_blocks(const Neighbors& all, ConstBuf send, Buf recv, Caller caller) {
    send.count = block(send.count, all.to, "sendbuf", caller);
    recv.count = block(recv.count, all.from, "recvbuf", caller);
    if (all.from.number == 0)
        like_other(recv, send);
    else if (all.to.number == 0)
        like_other(send, recv);
    return {send, recv};
}

ReduceScatterPlan reduce_scatter_blocks(const Comm& comm, ConstBuf send, Buf recv, Integers recvcounts, Caller caller) {
    Blocks blocks(recvcounts, {});
    if (recvcounts.size == 0 && !send.is_in_place() && !comm.Is_inter(caller.at))
        blocks = counts_of_all(comm, recv.count, caller.at).blocks;
    const auto size = static_cast<std::size_t>(comm.Get_size(caller.at));
    if (blocks.ranks != size)
        misuse(caller, std::to_string(blocks.ranks) + " recvcounts for " + std::to_string(size) + " processes");
    Count sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += blocks.counts[i];
    const Count own = send.is_in_place() ? sum : blocks.counts[static_cast<std::size_t>(comm.Get_rank(caller.at))];
    if (!send.is_in_place() && (send.count != sum || send.type != recv.type))
        mismatch(send.count, send.type, sum, recv.type, caller.at, caller.method);
    if (recv.count != own)
        misuse(caller, "recvbuf has " + std::to_string(recv.count) + " elements, recvcounts say " + std::to_string(own));
    return {send, recv, blocks};
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

ExchangePlan counts_from_all(const Comm& comm, const ConstBufV& send, Caller caller) {
    const int all = peers(comm, caller.at);
    const Blocks blocks = checked_blocks(all, send, send.count, 0, Side::send, caller);
    Scratch& keep = scratch[static_cast<int>(Side::recv)];
    call<MPI_Alltoall>(wide_counts(blocks), 1, MPI_COUNT, room(keep, all), 1, MPI_COUNT, comm.handle(), Place(caller.at, comm.address()));
    FoundOut found = found_out(keep, 0);
    ExchangePlan plan{uneven(blocks, send.data, send.type), found.blocks, found.total};
    same_width(plan.send, plan.blocks);
    return plan;
}

Count count_from_root(const Comm& comm, const ConstBufV& send, int root, Caller caller) {
    Blocks blocks;
    if (is_root(comm, root, caller.at))
        blocks = checked_blocks(peers(comm, caller.at), send, send.count, 0, Side::send, caller);
    Count count = 0;
    call<MPI_Scatter>(wide_counts(blocks), 1, MPI_COUNT, &count, 1, MPI_COUNT, root, comm.handle(), Place(caller.at, comm.address()));
    return count;
}

void* grow(const Growing& result, std::vector<Count>* counts, const Blocks& blocks, std::size_t total) {
    if (counts != nullptr) {
        counts->resize(blocks.ranks);
        for (std::size_t i = 0; i < blocks.ranks; ++i) (*counts)[i] = blocks.counts[i];
    }
    return result(total);
}

std::vector<Count> equal_counts(const Comm& comm, Count count, At at) { return std::vector<Count>(static_cast<std::size_t>(peers(comm, at)), count); }

bool is_alone(const Comm& comm, const Blocks& blocks, At at) { return blocks.ranks == 1 && !comm.Is_inter(at); }

}  // namespace mpi4cxx::detail
