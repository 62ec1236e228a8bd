#include "communicators/plan.hpp"

#include "handles/element_kind.hpp"
#include "handles/reduction_operand.hpp"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

namespace {

/// The count of one of `parts` equal blocks of `buf`: the one that the user has named, or a part of all that it holds. `uneven` is the method
/// for what cannot be divided.
template <class Address> Count block(const BufferParts<Address>& buf, Peers parts, const char* name, const char* uneven, Caller caller) {
    if (buf.is_block)
        return buf.count;
    if (parts.number == 0 ? buf.count != 0 : buf.count % parts.number != 0) {
        refuse_backwards(buf, name, caller);
        const bool has_gaps = buf.elements() != buf.count;
        misuse(caller, std::string(name) + " has " + std::to_string(buf.elements()) + " elements" +
                           (has_gaps ? " in " + std::to_string(buf.count) + " rows" : "") + ", which is not a multiple of " +
                           std::to_string(parts.number) + " " + parts.name +
                           (uneven != nullptr ? std::string("; ") + uneven + " takes uneven blocks" : ""));
    }
    return parts.number == 0 ? 0 : buf.count / parts.number;
}

void same_block(const ConstBuf& send, const Buf& recv, Caller caller) {
    same_block(send.elements(), send.datatype_of_elements(), recv.elements(), recv.datatype_of_elements(), "a process", caller);
}

/// Neighbors have no block in place, on either side.
void refuse_in_place(const ConstBuf& send, const Buf& recv, Caller caller) {
    refuse_in_place(send.data, Side::send, not_among_neighbors, caller);
    refuse_in_place(recv.data, Side::recv, not_among_neighbors, caller);
}

void refuse_same_memory(const ConstBuf& send, const Buf& recv, Caller caller) {
    if (send.data == recv.data && recv.data != MPI_BOTTOM && send.count != 0 && recv.count != 0 && have_same_layout(send.type, recv.type, caller.at))
        misuse(caller, same_among_neighbors);
}

}  // namespace

void refuse_in_place(const void* data, Side side, const char* why, Caller caller) {
    if (data == MPI_IN_PLACE) [[unlikely]]
        misuse(caller, std::string(side == Side::send ? "sendbuf" : "recvbuf") + " is IN_PLACE, " + why);
}

void refuse_in_place_between_groups(const Comm& comm, const void* sendbuf, Caller caller) {
    if (sendbuf == MPI_IN_PLACE && comm.Is_inter(caller.at))
        refuse_in_place(sendbuf, Side::send, not_between_groups, caller);
}

void same_block(Count sends, MPI_Datatype send, Count receives, MPI_Datatype recv, const char* whose, Caller caller) {
    const auto differ = [&](Count one, const char* unit, Count other) {
        misuse(caller, "sendbuf has " + std::to_string(one) + unit + whose + ", recvbuf " + std::to_string(other));
    };
    if (send == recv && sends != receives)
        differ(sends, " elements ", receives);
    if (send == recv || (sends == 0 && receives == 0) || send == MPI_PACKED || recv == MPI_PACKED)
        return;
    if (sends != 0 && receives != 0 && !are_exchangeable(send, recv, caller.at))
        mismatch(sends, send, receives, recv, caller.at, caller.method);
    const auto bytes = [&](Count count, MPI_Datatype type) { return count == 0 ? 0 : count * Datatype::borrow(type).Get_size(caller.at); };
    if (const Count out = bytes(sends, send), in = bytes(receives, recv); out != in)
        differ(out, " bytes ", in);
}

bool is_own_block(const ConstBuf& one, const void* all, Count count, Count offset, MPI_Datatype type, Caller caller) {
    if (one.count != count || count == 0 || all == MPI_BOTTOM)
        return false;
    const std::uintptr_t distance = reinterpret_cast<std::uintptr_t>(one.data) - reinterpret_cast<std::uintptr_t>(all);
    if (distance == 0 && offset != 0 && have_same_layout(one.type, type, caller.at))
        misuse(caller, "sendbuf and recvbuf begin at the same place, where the block of another process belongs");
    if (distance == 0 || offset == 0)
        return distance == 0 && have_same_layout(one.type, type, caller.at);
    // MPI is asked for the extent only if it is likely to be this.
    constexpr std::uintptr_t largest_extent = std::uintptr_t{1} << 20;
    const auto elements = static_cast<std::uintptr_t>(offset);
    if (distance % elements != 0 || distance / elements > largest_extent)
        return false;
    return static_cast<std::uintptr_t>(Datatype::borrow(type).Get_extent(caller.at).extent) == distance / elements &&
           have_same_layout(one.type, type, caller.at);
}

Count partition(const ConstBuf& buf, int partitions, Caller caller) { return block(buf, {partitions, "partitions"}, "buf", nullptr, caller); }

void check_comm(const Comm& comm, Caller caller) {
    if (comm.is_null())
        refuse_null_comm(caller.method, caller.at);
}

void check_message(MPI_Message message, Caller caller) {
    if (message == MPI_MESSAGE_NULL)
        refuse_null(MPI_ERR_REQUEST, caller.method, "the message is null: it has been received or moved from", caller.at);
}

std::vector<int> periods_of(IntList dims, const FlagList& periods, Caller caller) {
    std::optional<std::vector<int>> wraps = periods.empty() ? std::vector<int>(dims.size(), 0) : periods.of(dims.size());
    if (!wraps)
        misuse(caller, std::to_string(dims.size()) + " dimensions, " + std::to_string(periods.size()) + " periods");
    return *std::move(wraps);
}

int places_of(IntList dims, Caller caller) {
    std::int64_t places = 1;
    for (const int extent : dims) {
        if (extent < 0)
            misuse(caller, "an extent of " + std::to_string(extent) + " makes no grid");
        places *= extent;
        if (places > INT_MAX)
            misuse(caller, "the grid has more places than an int can count: " + std::to_string(places) + " or more");
    }
    return static_cast<int>(places);
}

void check_graph(IntList index, IntList edges, Caller caller) {
    int end = 0;
    for (const int next : index) {
        if (next < end)
            misuse(caller, "index goes from " + std::to_string(end) + " back to " + std::to_string(next));
        end = next;
    }
    if (end != edges.length())
        misuse(caller, "index ends with " + std::to_string(end) + ", there are " + std::to_string(edges.size()) + " edges");
    check_nodes(edges, index.length(), caller);  // Open MPI 4.1 does not look
}

void check_node(int node, int nodes, Caller caller) {
    if (node < 0 || node >= nodes)
        misuse(caller, "node " + std::to_string(node) + " in a graph of " + std::to_string(nodes));
}

void check_nodes(IntList listed, int nodes, Caller caller) {
    for (const int node : listed) check_node(node, nodes, caller);
}

void check_degrees(IntList sources, IntList degrees, IntList destinations, Caller caller) {
    if (degrees.size() != sources.size())
        misuse(caller, std::to_string(sources.size()) + " sources, " + std::to_string(degrees.size()) + " degrees");
    for (const int degree : degrees)
        if (degree < 0)
            misuse(caller, "a degree of " + std::to_string(degree) + " is no number of edges");
    const std::int64_t edges = std::accumulate(degrees.begin(), degrees.end(), std::int64_t{0});
    if (edges != destinations.length())
        misuse(caller, "the degrees are " + std::to_string(edges) + " in all, there are " + std::to_string(destinations.size()) + " destinations");
}

void check_weights(const Weights& weights, IntList edges, const char* name, Caller caller) {
    if (!weights.is_unweighted() && weights.size() != edges.size())
        misuse(caller, std::to_string(edges.size()) + " " + name + ", " + std::to_string(weights.size()) + " weights");
}

int peers(const Comm& comm, At at) { return comm.Is_inter(at) ? get<MPI_Comm_remote_size>(comm.handle(), at) : comm.Get_size(at); }

Neighbors neighbors(const Topocomm& comm, At at) {
    const auto [in, out] = comm.degrees(at);
    return {{out, "neighbors"}, {in, "neighbors"}};
}

Peers sources(const Topocomm& comm, At at) { return neighbors(comm, at).from; }

void check_root(const Comm& comm, int root, At at) {
    const bool inter = comm.Is_inter(at);
    const int ranks = peers(comm, at);
    if ((root < 0 || root >= ranks) && !(inter && (root == ROOT || root == PROC_NULL)))
        throw Exception(MPI_ERR_ROOT, "root",
                        std::to_string(root) + (inter ? " is neither ROOT nor PROC_NULL nor one of the other group's " : " is none of the ") +
                            std::to_string(ranks) + " ranks",
                        {at, comm.address()});
}

bool is_root(const Comm& comm, int root, At at) {
    if (!comm.Is_inter(at))
        return root == comm.Get_rank(at);  // MPI itself refuses what is none
    check_root(comm, root, at);
    return root == ROOT;
}

void check_bcast(const Comm& comm, const void* buf, int root, Caller caller) {
    if (buf == MPI_IN_PLACE)
        misuse(caller, "buf is IN_PLACE: give the memory itself, from which the root sends and into which the others receive");
    (void)is_root(comm, root, caller.at);
}

Pair gather_blocks(const Comm& comm, const ConstBuf& send, Buf recv, int root, Caller caller) {
    if (is_root(comm, root, caller.at)) {
        refuse_in_place(recv.data, Side::recv, only_send, caller);
        recv.count = block(recv, peers(comm, caller.at), "recvbuf", "Gatherv", caller);
        if (!send.is_in_place() && root != ROOT) {
            same_block(send, recv, caller);
            if (is_own_block(send, recv.data, recv.count, root * recv.count, recv.type, caller))
                return {IN_PLACE, recv};
        }
    } else if (root != PROC_NULL) {
        refuse_in_place(send.data, Side::send, only_root, caller);
    }
    return {send, recv};
}

Pair scatter_blocks(const Comm& comm, ConstBuf send, const Buf& recv, int root, Caller caller) {
    if (is_root(comm, root, caller.at)) {
        refuse_in_place(send.data, Side::send, only_recv, caller);
        send.count = block(send, peers(comm, caller.at), "sendbuf", "Scatterv", caller);
        if (!recv.is_in_place() && root != ROOT) {
            same_block(send, recv, caller);
            if (is_own_block(recv, send.data, send.count, root * send.count, send.type, caller))
                return {send, IN_PLACE};
        }
    } else if (root != PROC_NULL) {
        refuse_in_place(recv.data, Side::recv, only_root, caller);
    }
    return {send, recv};
}

Pair allgather_blocks(const Comm& comm, const ConstBuf& send, Buf recv, Caller caller) {
    refuse_in_place(recv.data, Side::recv, only_send, caller);
    recv.count = block(recv, peers(comm, caller.at), "recvbuf", "Allgatherv", caller);
    refuse_in_place_between_groups(comm, send.data, caller);
    if (!comm.Is_inter(caller.at) && !send.is_in_place()) {
        same_block(send, recv, caller);
        if (is_own_block(send, recv.data, recv.count, comm.Get_rank(caller.at) * recv.count, recv.type, caller))
            return {IN_PLACE, recv};
    }
    return {send, recv};
}

Pair alltoall_blocks(const Comm& comm, ConstBuf send, Buf recv, Caller caller) {
    refuse_in_place(recv.data, Side::recv, only_send, caller);
    const int processes = peers(comm, caller.at);
    const bool is_inter = comm.Is_inter(caller.at);
    recv.count = block(recv, processes, "recvbuf", "Alltoallv", caller);
    refuse_in_place_between_groups(comm, send.data, caller);
    if (!send.is_in_place()) {
        send.count = block(send, processes, "sendbuf", "Alltoallv", caller);
        if (!is_inter) {
            same_block(send, recv, caller);
            if (is_own_block(send, recv.data, recv.count, 0, recv.type, caller))  // the same memory
                return {IN_PLACE, recv};
        }
    }
    return {send, recv};
}

namespace {

/// Both sides of a reduction, as the MPI takes them. The same memory on both is meant to be in place.
Pair reduction(const Comm& comm, ConstBuf send, Buf recv, const Op& op, Caller caller) {
    refuse_in_place(recv.data, Side::recv, only_send, caller);
    refuse_in_place_between_groups(comm, send.data, caller);
    const bool is_same = send.data == recv.data && recv.data != nullptr && send.count == recv.count && !comm.Is_inter(caller.at);
    accept_pair(send, recv, op, caller);
    check_pair(send, recv, caller);
    if (is_same)
        send = IN_PLACE;
    return {std::move(send), std::move(recv)};
}

}  // namespace

Pair reduce_pair(const Comm& comm, const ConstBuf& send, const Buf& recv, const Op& op, int root, Caller caller) {
    if (!is_root(comm, root, caller.at)) {
        if (root != PROC_NULL)
            refuse_in_place(send.data, Side::send, only_root, caller);
        ConstBuf mine = send;
        if (!mine.is_in_place())
            accept_operand(mine, op, "sendbuf", caller);
        return {mine, Buf(nullptr, mine.count, Datatype::borrow(mine.type))};  // its address is not significant here
    }
    if (root == ROOT) {
        refuse_in_place(recv.data, Side::recv, not_between_groups, caller);
        static const char insignificant = 0;  // but MPICH wants an address that is neither null nor recvbuf's
        Buf result = recv;
        accept_operand(result, op, "recvbuf", caller);
        return {insignificant, result};
    }
    return reduction(comm, send, recv, op, caller);
}

Pair allreduce_pair(const Comm& comm, const ConstBuf& send, const Buf& recv, const Op& op, Caller caller) {
    return reduction(comm, send, recv, op, caller);
}

Pair reduce_blocks(const Comm& comm, ConstBuf send, Buf recv, const Op& op, Caller caller) {
    const int processes = comm.Get_size(caller.at);
    refuse_in_place(recv.data, Side::recv, only_send, caller);
    refuse_in_place_between_groups(comm, send.data, caller);
    if (send.is_in_place()) {
        recv.count = block(recv, processes, "recvbuf", "Reduce_scatter", caller);
    } else {
        send.count = block(send, processes, "sendbuf", "Reduce_scatter", caller);
        same_block(send.count, send.type, recv.count, recv.type, "a process", caller);
    }
    return reduction(comm, send, recv, op, caller);
}

namespace {

// A side without neighbours has to say as much as the other all the same: of none, Open MPI 4.1 does nothing at all.
char nobody = 0;

void like_other(Buf& recv, const ConstBuf& send) { recv = Buf(static_cast<void*>(&nobody), send.count, Datatype::borrow(send.type)); }
void like_other(ConstBuf& send, const Buf& recv) { send = ConstBuf(static_cast<void*>(&nobody), recv.count, Datatype::borrow(recv.type)); }

}  // namespace

Pair neighbor_allgather_blocks(Peers from, const ConstBuf& send, Buf recv, Caller caller) {
    refuse_in_place(send, recv, caller);
    recv.count = block(recv, from, "recvbuf", "Neighbor_allgatherv", caller);
    refuse_same_memory(send, recv, caller);
    if (from.number == 0)
        like_other(recv, send);
    return {send, recv};
}

Pair neighbor_alltoall_blocks(const Neighbors& all, ConstBuf send, Buf recv, Caller caller) {
    refuse_in_place(send, recv, caller);
    send.count = block(send, all.to, "sendbuf", "Neighbor_alltoallv", caller);
    recv.count = block(recv, all.from, "recvbuf", "Neighbor_alltoallv", caller);
    refuse_same_memory(send, recv, caller);
    if (all.from.number == 0)
        like_other(recv, send);
    else if (all.to.number == 0)
        like_other(send, recv);
    return {send, recv};
}

}  // namespace MPI4CXX::detail
