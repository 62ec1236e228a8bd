#include "plan.hpp"

#include <climits>
#include <numeric>
#include <string>
#include <vector>

namespace mpi4cxx::detail {

namespace {

/// The elements of one of `parts` equal blocks.
Count block(Count elements, int parts, const char* name, Caller caller) {
    if (parts == 0 || elements % parts != 0)
        misuse(caller, std::string(name) + " has " + std::to_string(elements) + " elements, which is not a multiple of " + std::to_string(parts) +
                           " processes");
    return elements / parts;
}

/// One process's block against the other side, where both can be counted in the same elements.
void same_block(const ConstBuf& one, const Buf& other, const char* one_name, const char* other_name, Caller caller) {
    if (one.type == other.type && one.count != other.count)
        misuse(caller, std::string(one_name) + " has " + std::to_string(one.count) + " elements a process, " + other_name + " " +
                           std::to_string(other.count));
}

}  // namespace

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
    std::vector<int> displs;
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

Blocks checked_blocks(const Comm& comm, Blocks blocks, Count length, Count other, Side side, Caller caller) {
    const char* name = side == Side::send ? "sendbuf" : "recvbuf";
    Scratch& keep = scratch[static_cast<int>(side)];
    const auto processes = static_cast<std::size_t>(peers(comm, caller.at));
    if (blocks.ranks != processes || (!blocks.packed && blocks.displacements != processes))
        misuse(caller, std::string(name) + " has " + std::to_string(blocks.ranks) + " counts and " + std::to_string(blocks.displacements) +
                           " displacements for " + std::to_string(processes) + " processes");
    const Count end = blocks.packed ? pack(blocks, keep) : 0;
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

}  // namespace mpi4cxx::detail
