// The end of MPI: what is still pending then, and what nobody has received.
#pragma once

namespace mpi4cxx::detail {

/// Before MPI ends: completes what nobody waits for any more, cancels receives that are still pending, and says in one line what nobody has received.
/// Collective where the channel is open.
void end_operations() noexcept;

}  // namespace mpi4cxx::detail
