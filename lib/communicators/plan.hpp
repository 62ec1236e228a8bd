// What the blocking, nonblocking and persistent member of a family of calls share: the rules of their buffers. A plan
// checks what can be checked before MPI is called and returns the arguments of the call.
#pragma once

#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/detail/mpi/int_or_list.hpp>
#include <mpi4cxx/op.hpp>
#include <mpi4cxx/topocomm.hpp>
#include <mpi4cxx/weights.hpp>

#include <memory>
#include <string>
#include <vector>

namespace MPI4CXX::detail {

struct Pair {
    ConstBuf send;
    Buf recv;
};

/// Gather: on the root, `recv` holds one block a process.
Pair gather_blocks(const Comm& comm, const ConstBuf& send, Buf recv, int root, Caller caller);
/// Scatter: on the root, `send` holds one block a process.
Pair scatter_blocks(const Comm& comm, ConstBuf send, const Buf& recv, int root, Caller caller);
/// Allgather: `recv` holds one block a process.
Pair allgather_blocks(const Comm& comm, const ConstBuf& send, Buf recv, Caller caller);
/// Alltoall: both hold one block a process.
Pair alltoall_blocks(const Comm& comm, ConstBuf send, Buf recv, Caller caller);
/// Reduce: on the root, both hold as many elements. Types are those to call the MPI with; the same memory on both sides is in place.
Pair reduce_pair(const Comm& comm, const ConstBuf& send, const Buf& recv, const Op& op, int root, Caller caller);
/// Allreduce and the scans: both hold as many elements; else the same.
Pair allreduce_pair(const Comm& comm, const ConstBuf& send, const Buf& recv, const Op& op, Caller caller);
/// Reduce_scatter_block: `send` holds one block a process, `recv` one.
Pair reduce_blocks(const Comm& comm, ConstBuf send, Buf recv, const Op& op, Caller caller);

/// The count of each partition.
Count partition(const ConstBuf& buf, int partitions, Caller caller);
/// Grids: whether each of `dims` wraps around, as MPI takes it; not where that is not given.
std::vector<int> periods_of(IntList dims, const FlagList& periods, Caller caller);
/// Graphs: `index` does not fall and ends with the number of `edges`, which go to nodes that there are.
void check_graph(IntList index, IntList edges, Caller caller);
void check_node(int node, int nodes, Caller caller);
/// Distributed graphs: a degree a source, as many destinations as they say in all; a weight an edge, if any.
void check_degrees(IntList sources, IntList degrees, IntList destinations, Caller caller);
void check_weights(const Weights& weights, IntList edges, const char* name, Caller caller);

/// Over a null communicator, Open MPI ends the job in some calls: those that begin with this.
void check_comm(const Comm& comm, Caller caller);
/// The same of a null message.
void check_message(MPI_Message message, Caller caller);

/// The processes that a collective call exchanges blocks with: the remote group's on an intercommunicator.
int peers(const Comm& comm, At at);

/// So many, by the name for them in an error.
struct Peers {
    int number;
    const char* name;
    constexpr Peers(int n, const char* what = "processes") noexcept : number(n), name(what) {}
};

enum class Side : char { send, recv };

/// One block a process, or neighbor, within a buffer of `length` elements: as many counts as there are, no block beyond the end.
/// Displacements of packed blocks, and counts that must be wide because `other`, the count of the other side, is, are kept
/// in memory of this thread until its next such call.
Blocks checked_blocks(Peers peers, Blocks blocks, Count length, Count other, Side side, Caller caller);
/// The neighbors that this process sends to and receives from.
struct Neighbors {
    Peers to, from;
};
Neighbors neighbors(const Topocomm& comm, At at);
/// Those that it receives from.
Peers sources(const Topocomm& comm, At at);

/// Arrays of none: MPI looks at them also where there are no blocks, of a process without neighbours.
void lie_somewhere(Counts& counts, Displs& displs, bool narrow);

/// Both for MPI_Alltoallv, which takes them in one width.
void same_width(Blocks& send, Blocks& recv);

/// One side of a call whose blocks have counts of their own, as MPI takes it; in a w call `type` is an array.
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

/// Gatherv: the blocks are read on the root.
GathervPlan gatherv_blocks(const Comm& comm, const ConstBuf& send, const BufVArg& recv, int root, Caller caller);
/// Scatterv: the same.
ScattervPlan scatterv_blocks(const Comm& comm, const ConstBufVArg& send, const Buf& recv, int root, Caller caller);
/// Allgatherv, among all processes or so many neighbors.
GathervPlan allgatherv_blocks(const Comm& comm, const ConstBuf& send, const BufVArg& recv, Caller caller);
GathervPlan allgatherv_blocks(Peers peers, const ConstBuf& send, const BufVArg& recv, Caller caller);
/// Alltoallv, the same.
AlltoallvPlan alltoallv_blocks(const Comm& comm, const ConstBufVArg& send, const BufVArg& recv, Caller caller);
AlltoallvPlan alltoallv_blocks(const Neighbors& neighbors, const ConstBufVArg& send, const BufVArg& recv, Caller caller);
/// One side of Alltoallw, whichever the buffer's class is.
template <class Memory> struct TypedPart {
    template <class Buffer> TypedPart(const Buffer& buffer) noexcept : blocks(buffer), data(buffer.data) {}
    const TypedBlocks& blocks;
    Memory* data;
};
/// Alltoallw, the same. The datatypes stay the buffers'.
AlltoallwPlan alltoallw_blocks(const Comm& comm, TypedPart<const void> send, TypedPart<void> recv, Caller caller);
/// Of a persistent one in place, some MPIs mistake blocks that differ in size.
void check_equal_sizes(const RecvW& blocks, Caller caller);
/// The same among neighbors, where displacements are always wide.
NeighborwPlan neighbor_alltoallw_blocks(const Neighbors& neighbors, const TypedBlocks& send, const TypedBlocks& recv, Caller caller);
/// Allgather among neighbors: `recv` holds one block from each.
Pair neighbor_allgather_blocks(Peers from, const ConstBuf& send, Buf recv, Caller caller);
/// Alltoall among neighbors: `send` holds one block to each, `recv` one from each.
Pair neighbor_alltoall_blocks(const Neighbors& neighbors, ConstBuf send, Buf recv, Caller caller);
/// Reduce_scatter: `send` holds the blocks of all, `recv` this process's; without `recvcounts` these are exchanged first.
ReduceScatterPlan reduce_scatter_blocks(const Comm& comm, const ConstBuf& send, const Buf& recv, CountList recvcounts, const Op& op, Caller caller);

/// Whether there is one process only: MPICH before 4.1 then ignores the displacement of the block in Allgatherv (its pull request 6374), not in
/// Gatherv.
bool is_alone(const Comm& comm, const Blocks& blocks, At at);

/// Equal blocks for a call of different ones: `block` is one of them.
template <class Buffer> BlocksBuffer<Buffer> repeated(const Buffer& block) {
    BlocksBuffer<Buffer> result(block);
    result.count = any_count;
    return result;
}
/// The counts of as many as there are processes to exchange blocks with.
std::vector<Count> equal_counts(const Comm& comm, Count count, At at);

/// What comes in blocks that the processes tell each other of: packed, their counts in memory of this thread.
struct FoundOut {
    Blocks blocks;
    std::size_t total = 0;
};
struct ExchangePlan {
    SendV send;
    Blocks blocks;
    std::size_t total = 0;
};
/// Every process's `count`.
FoundOut counts_of_all(const Comm& comm, Count count, At at);
/// The same on the root.
FoundOut counts_at_root(const Comm& comm, Count count, int root, At at);
/// What each process sends to this one, which sends the blocks of `send`.
ExchangePlan counts_from_all(const Comm& comm, const ConstBufVArg& send, Caller caller);
/// What the root, which sends the blocks of `send`, sends to this process.
Count count_from_root(const Comm& comm, const ConstBufVArg& send, int root, Caller caller);
/// Makes room for all elements that arrive; writes the counts of the blocks where they are asked for.
void* grow(const AnyVector& result, const std::optional<AnyVector>& counts, const Blocks& blocks, std::size_t total);

}  // namespace MPI4CXX::detail
