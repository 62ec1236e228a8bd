// Communicators that an exception has dropped. Freeing is collective, and the other processes are elsewhere then. So a dropped one is kept until all
// of its processes come together to make another, and none of them has it any more.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

namespace MPI4CXX::detail {

/// Takes note of a communicator that all its processes have just made, frees what they have dropped before, and returns it. Collective over `comm`,
/// which is null where this process has no part in it.
[[nodiscard]] MPI_Comm made(MPI_Comm comm, Place where);

}  // namespace MPI4CXX::detail
