// The progress thread. Plain MPI moves a message while both sides are in a barrier. Receiving an object takes steps between its messages, which
// nobody takes in a barrier: a barrier may not become an MPI_Ibarrier on one process only (MPI-4.0, 6.12). So if the level of thread support allows
// it, a thread takes these steps when this process has taken none for a millisecond. It sleeps while nothing is pending.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>

namespace MPI4CXX::detail {

/// Lets this process have a progress thread if MPI's level of thread support allows it.
void allow_progress_thread(At at);
/// Returns whether there may be a progress thread, here and on the processes that asked for the same level of thread support.
[[nodiscard]] bool has_progress_thread() noexcept;
/// Starts the thread, or wakes it if it sleeps.
void wake_progress_thread() noexcept;
/// Ends the thread, because MPI is about to end.
void end_progress_thread();

}  // namespace MPI4CXX::detail
