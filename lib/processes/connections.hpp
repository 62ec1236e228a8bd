// Communicators to processes of other COMM_WORLDs. MPI_Finalize waits for those processes too, unless both sides have disconnected.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>

namespace MPI4CXX::detail {

/// Lets this process disconnect, at the end of MPI_Finalize, what is still connected then. The action must be the first one that is registered: while
/// others end, they may still need the communicators.
void disconnect_at_finalize();

/// Makes the errors of `parent`, the communicator to the processes that have spawned this one, exceptions, and lets MPI_Finalize disconnect it. Does
/// nothing if `parent` is null, or after the first call.
void keep_parent(MPI_Comm parent, At at);

}  // namespace MPI4CXX::detail
