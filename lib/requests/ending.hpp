// The end of MPI: what is still pending then, and what nobody has received.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::detail {

/// Before MPI ends: completes what nobody waits for any more, cancels receives that are still pending, and says in one line what nobody has received.
/// Collective where the channel is open.
void end_operations() noexcept;

}  // namespace MPI4CXX::detail
