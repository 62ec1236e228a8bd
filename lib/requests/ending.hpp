// The end of MPI: operations that are still pending then, and messages that nobody has received.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::detail {

/// Completes operations that nobody waits for any more, cancels receives that are still pending, and reports in one line what nobody has received.
/// Called before MPI ends. Collective if the channel is open.
void end_operations() noexcept;

}  // namespace MPI4CXX::detail
