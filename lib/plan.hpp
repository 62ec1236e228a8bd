// What the blocking, nonblocking and persistent member of a family of calls share: the rules of their buffers. A plan
// checks what can be checked before MPI is called and returns the arguments of the call.
#pragma once

#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/detail/lists.hpp>
#include <mpi4cxx/weights.hpp>

#include <string>
#include <vector>

namespace mpi4cxx::detail {

std::string type_name(MPI_Datatype type);

struct Pair {
    ConstBuf send;
    Buf recv;
};

/// Gather: on the root, `recv` holds one block a process.
Pair gather_blocks(const Comm& comm, ConstBuf send, Buf recv, int root, Caller caller);
/// Scatter: on the root, `send` holds one block a process.
Pair scatter_blocks(const Comm& comm, ConstBuf send, Buf recv, int root, Caller caller);
/// Allgather: `recv` holds one block a process.
Pair allgather_blocks(const Comm& comm, ConstBuf send, Buf recv, Caller caller);
/// Alltoall: both hold one block a process.
Pair alltoall_blocks(const Comm& comm, ConstBuf send, Buf recv, Caller caller);
/// Reduce: on the root, both hold as many elements.
Pair reduce_pair(const Comm& comm, ConstBuf send, Buf recv, int root, Caller caller);
/// Reduce_scatter_block: `send` holds one block a process, `recv` one.
Pair reduce_blocks(const Comm& comm, ConstBuf send, Buf recv, Caller caller);

/// Grids: whether each of `dims` wraps around, as MPI takes it; not where that is not given.
std::vector<int> periods_of(Ints dims, Flags periods, Caller caller);
/// Graphs: `index` does not fall and ends with the number of `edges`, which go to nodes that there are.
void check_graph(Ints index, Ints edges, Caller caller);
void check_node(int node, int nodes, Caller caller);
/// Distributed graphs: a degree a source, as many destinations as they say in all; a weight an edge, if any.
void check_degrees(Ints sources, Ints degrees, Ints destinations, Caller caller);
void check_weights(const Weights& weights, Ints edges, const char* name, Caller caller);

/// Over a null communicator, Open MPI ends the job in some calls: those that begin with this.
void check_comm(const Comm& comm, Caller caller);
/// The same of a null message.
void check_message(MPI_Message message, Caller caller);

/// The processes that a collective call exchanges blocks with: the remote group's on an intercommunicator.
int peers(const Comm& comm, At at);

enum class Side : char { send, recv };

/// One block a process within a buffer of `length` elements: as many counts as processes, no block beyond the end.
/// Displacements of packed blocks, and counts that must be wide because `other`, the count of the other side, is, are kept
/// in memory of this thread until its next such call.
Blocks checked_blocks(const Comm& comm, Blocks blocks, Count length, Count other, Side side, Caller caller);
/// Both for MPI_Alltoallv, which takes them in one width.
void same_width(Blocks& send, Blocks& recv);

}  // namespace mpi4cxx::detail
