// Plans: the rules for buffers that the blocking, nonblocking and persistent member of a family of calls share. A plan checks what can be checked
// before MPI is called, and returns the arguments of the call.
#pragma once

#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/detail/mpi/int_or_list.hpp>
#include <mpi4cxx/op.hpp>
#include <mpi4cxx/topocomm.hpp>
#include <mpi4cxx/weights.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace MPI4CXX::detail {

enum class Side : char { send, recv };

struct Pair {
    ConstBuf send;
    Buf recv;
};

/// Throws if the outermost dimension of `buf` has a negative stride: it is one element of its datatype then, and cannot be divided.
template <class Address> void refuse_backwards(const BufferParts<Address>& buf, const char* name, Caller caller) {
    if (buf.strided && buf.count == 1)
        misuse(caller, std::string(name) + " runs backwards in memory, so MPI cannot divide it into blocks: copy it to memory that runs forwards");
}

/// Returns whether `one` is one of the blocks that lie in the memory `all`: that of `count` elements which begins `offset` elements behind its
/// beginning. A call that would copy a process's own block to where it lies is meant to be in place. MPICH ends it, and Open MPI may give wrong data.
/// Throws std::invalid_argument if another block begins where `one` does.
bool is_own_block(const ConstBuf& one, const void* all, Count count, Count offset, MPI_Datatype type, Caller caller);

/// Throws unless the block that a process sends to itself is the same on both sides: of the same length, and of types that make sense as each other.
/// `whose` ends the words "3 elements", such as with "for this process".
void same_block(Count sends, MPI_Datatype send, Count receives, MPI_Datatype recv, const char* whose, Caller caller);
/// Throws if `data` is IN_PLACE, for the reason `why`. MPI takes some of these in silence, and the next call receives the messages that are left.
void refuse_in_place(const void* data, Side side, const char* why, Caller caller);
/// Throws if `sendbuf` is IN_PLACE on an intercommunicator, where only some MPIs notice that.
void refuse_in_place_between_groups(const Comm& comm, const void* sendbuf, Caller caller);
inline constexpr const char* only_send = "which only sendbuf can be";
inline constexpr const char* only_recv = "which only recvbuf can be";
inline constexpr const char* only_root = "which it can be only on the root";
inline constexpr const char* not_between_groups = "which it cannot be on an intercommunicator";
inline constexpr const char* not_among_neighbors = "which it cannot be among neighbors";
inline constexpr const char* same_among_neighbors =
    "sendbuf and recvbuf are the same memory, which they cannot be among neighbors: receive elsewhere";

/// Gather: on the root, `recv` holds one block per process.
Pair gather_blocks(const Comm& comm, const ConstBuf& send, Buf recv, int root, Caller caller);
/// Scatter: on the root, `send` holds one block per process.
Pair scatter_blocks(const Comm& comm, ConstBuf send, const Buf& recv, int root, Caller caller);
/// Allgather: `recv` holds one block per process.
Pair allgather_blocks(const Comm& comm, const ConstBuf& send, Buf recv, Caller caller);
/// Alltoall: both buffers hold one block per process.
Pair alltoall_blocks(const Comm& comm, ConstBuf send, Buf recv, Caller caller);
/// Reduce: on the root, both buffers hold the same number of elements. The datatypes become those to call MPI with. The same memory on both sides
/// means in place.
Pair reduce_pair(const Comm& comm, const ConstBuf& send, const Buf& recv, const Op& op, int root, Caller caller);
/// Allreduce and the scans: like Reduce, but on all processes.
Pair allreduce_pair(const Comm& comm, const ConstBuf& send, const Buf& recv, const Op& op, Caller caller);
/// Reduce_scatter_block: `send` holds one block per process, `recv` holds one block.
Pair reduce_blocks(const Comm& comm, ConstBuf send, Buf recv, const Op& op, Caller caller);

/// Returns the count of each partition.
Count partition(const ConstBuf& buf, int partitions, Caller caller);
/// Grids: returns whether each of `dims` wraps around, as MPI takes it. None does if `periods` is empty.
std::vector<int> periods_of(IntList dims, const FlagList& periods, Caller caller);
/// Grids: returns the number of places. Throws if an extent is negative, or if an int cannot count the places.
int places_of(IntList dims, Caller caller);
/// Graphs: throws unless `index` never decreases and ends with the number of `edges`, and every edge goes to an existing node.
void check_graph(IntList index, IntList edges, Caller caller);
void check_node(int node, int nodes, Caller caller);
void check_nodes(IntList listed, int nodes, Caller caller);
/// Distributed graphs: these throw unless there is one degree per source, none of them negative, as many destinations as the sum of the degrees, and,
/// if there are weights, one weight per edge.
void check_degrees(IntList sources, IntList degrees, IntList destinations, Caller caller);
void check_weights(const Weights& weights, IntList edges, const char* name, Caller caller);

/// Throws if `comm` is null. Calls in which Open MPI would end the job begin with this.
void check_comm(const Comm& comm, Caller caller);
/// Throws if `message` is null, for the same reason.
void check_message(MPI_Message message, Caller caller);

/// Returns how many processes a collective call exchanges blocks with: those of the remote group on an intercommunicator.
int peers(const Comm& comm, At at);

/// A number of peers, and the word for them in an error message.
struct Peers {
    int number;
    const char* name;
    constexpr Peers(int n, const char* what = "processes") noexcept : number(n), name(what) {}
    [[nodiscard]] const char* one() const noexcept { return std::string_view(name) == "neighbors" ? "neighbor" : "rank"; }
};

/// Returns `blocks` as MPI takes them: one block per process or neighbor, within a buffer of `length` elements. Throws unless there is one count for
/// each, and no block reaches beyond the end. Displacements of packed blocks are in memory of this thread until its next such call, and so are counts
/// that must be wide because `other`, the count of the other side, is.
Blocks checked_blocks(Peers peers, Blocks blocks, Count length, Count other, Side side, Caller caller);
/// How many neighbors this process sends to and receives from.
struct Neighbors {
    Peers to, from;
};
Neighbors neighbors(const Topocomm& comm, At at);
/// Returns how many neighbors this process receives from.
Peers sources(const Topocomm& comm, At at);

/// Points empty arrays to valid memory: MPI looks at them even if there are no blocks, as on a process without neighbours.
void lie_somewhere(Counts& counts, Displs& displs, bool narrow);

/// Makes both sides wide if one is: MPI_Alltoallv takes them in one width.
void same_width(Blocks& send, Blocks& recv);

/// One side of a call whose blocks have counts of their own, as MPI takes it. In a w call `type` is an array.
template <class Address, class Type> struct Uneven : Blocks {
    Address data = nullptr;
    Type type{};
    std::shared_ptr<const Strided> strided;
};
using SendV = Uneven<const void*, MPI_Datatype>;
using RecvV = Uneven<void*, MPI_Datatype>;
using SendW = Uneven<const void*, const MPI_Datatype*>;
using RecvW = Uneven<void*, const MPI_Datatype*>;

struct GathervPlan {
    ConstBuf send;
    RecvV recv;
};
struct ScattervPlan {
    SendV send;
    Buf recv;
};
struct AlltoallvPlan {
    SendV send;
    RecvV recv;
};
struct AlltoallwPlan {
    SendW send;
    RecvW recv;
};
struct NeighborW {
    std::size_t ranks = 0;
    Counts counts;
    const Aint* displs = nullptr;
    const MPI_Datatype* type = nullptr;
};
struct NeighborwPlan {
    NeighborW send, recv;
};
struct ReduceScatterPlan {
    ConstBuf send;
    Buf recv;
    Blocks blocks;
};

/// Gatherv: the blocks of `recv` are read on the root only.
GathervPlan gatherv_blocks(const Comm& comm, const ConstBuf& send, const BufVArg& recv, int root, Caller caller);
/// Scatterv: the blocks of `send` are read on the root only.
ScattervPlan scatterv_blocks(const Comm& comm, const ConstBufVArg& send, const Buf& recv, int root, Caller caller);
/// Allgatherv, among all processes or so many `peers`.
GathervPlan allgatherv_blocks(const Comm& comm, const ConstBuf& send, const BufVArg& recv, Caller caller);
GathervPlan allgatherv_blocks(Peers peers, const ConstBuf& send, const BufVArg& recv, Caller caller);
/// Alltoallv, among all processes or among neighbors.
AlltoallvPlan alltoallv_blocks(const Comm& comm, const ConstBufVArg& send, const BufVArg& recv, Caller caller);
AlltoallvPlan alltoallv_blocks(const Neighbors& neighbors, const ConstBufVArg& send, const BufVArg& recv, Caller caller);
/// One side of Alltoallw, whatever the class of the buffer.
template <class Memory> struct TypedPart {
    template <class Buffer> TypedPart(const Buffer& buffer) noexcept : blocks(buffer), data(buffer.data) {}
    const TypedBlocks& blocks;
    Memory* data;
};
/// Alltoallw, among all processes. The array of datatypes stays the buffer's.
AlltoallwPlan alltoallw_blocks(const Comm& comm, TypedPart<const void> send, TypedPart<void> recv, Caller caller);
/// Throws if the blocks differ in size: some MPIs mix these up in a persistent Alltoallw in place.
void check_equal_sizes(const RecvW& blocks, Caller caller);
/// Alltoallw among neighbors, where displacements are always wide.
NeighborwPlan neighbor_alltoallw_blocks(const Neighbors& neighbors, TypedPart<const void> send, TypedPart<void> recv, Caller caller);
/// Allgather among neighbors: `recv` holds one block from each.
Pair neighbor_allgather_blocks(Peers from, const ConstBuf& send, Buf recv, Caller caller);
/// Alltoall among neighbors: `send` holds one block to each, `recv` one from each.
Pair neighbor_alltoall_blocks(const Neighbors& neighbors, ConstBuf send, Buf recv, Caller caller);
/// Reduce_scatter: `send` holds the blocks of all processes, `recv` the block of this one. Without `recvcounts`, the processes exchange their counts
/// first.
ReduceScatterPlan reduce_scatter_blocks(const Comm& comm, const ConstBuf& send, const Buf& recv, CountList recvcounts, const Op& op, Caller caller);

/// Returns whether there is only one process. MPICH before 4.1 then ignores the displacement of the block in Allgatherv (its pull request 6374), but
/// not in Gatherv.
bool is_alone(const Comm& comm, const Blocks& blocks, At at);

/// Returns equal blocks for a call whose blocks may differ. `block` is one of them.
template <class Buffer> BlocksBuffer<Buffer> repeated(const Buffer& block) {
    BlocksBuffer<Buffer> result(block);
    result.count = any_count;
    return result;
}
/// Returns `count` as often as there are processes to exchange blocks with.
std::vector<Count> equal_counts(const Comm& comm, Count count, At at);

/// Blocks to receive whose counts the processes have told each other. They are packed, and their counts are in memory of this thread.
struct FoundOut {
    Blocks blocks;
    std::size_t total = 0;
};
struct ExchangePlan {
    SendV send;
    Blocks blocks;
    std::size_t total = 0;
};
/// Returns blocks with every process's `count`.
FoundOut counts_of_all(const Comm& comm, Count count, At at);
/// Returns blocks with every process's `count` on the root, and none elsewhere.
FoundOut counts_at_root(const Comm& comm, Count count, int root, At at);
/// Returns the blocks of `send`, which this process sends, and the blocks that each process sends to this one.
ExchangePlan counts_from_all(const Comm& comm, const ConstBufVArg& send, Caller caller);
/// Returns how much the root, which sends the blocks of `send`, sends to this process.
Count count_from_root(const Comm& comm, const ConstBufVArg& send, int root, Caller caller);
/// Makes room for all elements that arrive; writes the counts of the blocks where they are asked for.
void* grow(const AnyVector& result, const std::optional<AnyVector>& counts, const Blocks& blocks, std::size_t total);

}  // namespace MPI4CXX::detail
