#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>

namespace MPI4CXX::detail {

// Plain MPI moves a message while both sides sit in a barrier. An object's receive takes steps between its messages, which nobody takes there:
// a barrier may not become an MPI_Ibarrier on one process only (MPI-4.0, 6.12). So where the level of thread support allows it, a thread takes
// them whenever this process has not for a millisecond. It sleeps while nothing is pending.

/// Lets this process have such a thread if MPI's level of thread support allows it.
void allow_progress_thread(At at);
/// Whether there may be one, here and where the program has asked for the same level.
[[nodiscard]] bool has_progress_thread() noexcept;
/// Starts it, or wakes it if it sleeps.
void wake_progress_thread() noexcept;
/// Ends it: MPI is about to end.
void end_progress_thread();

}  // namespace MPI4CXX::detail
