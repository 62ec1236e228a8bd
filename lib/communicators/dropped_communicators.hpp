// Communicators that an exception has dropped. Freeing is collective, but the other processes are elsewhere then. So a dropped communicator is kept
// until all its processes come together to make another one, and none of them uses it any more.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

namespace MPI4CXX::detail {

/// Takes note of a communicator that all its processes have just made, frees communicators that they have dropped before, and returns `comm`.
/// Collective over `comm`, which is null if this process has no part in it.
[[nodiscard]] MPI_Comm made(MPI_Comm comm, Place where);

}  // namespace MPI4CXX::detail
