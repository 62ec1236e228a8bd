// The lifetime of MPI: whether it runs, actions at MPI_Finalize, and the end of the job after an error.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

namespace MPI4CXX::detail {

/// Returns whether MPI can be called now.
bool is_running() noexcept;

/// Registers `action` for the beginning of MPI_Finalize, whoever calls MPI_Finalize. The action that was registered last runs first.
void at_finalize(void (*action)());

/// Calls MPI_Abort after a moment. MPICH's mpiexec ends the job as soon as it hears of the abort, often before it has read the latest output.
[[noreturn]] void abort_after_output(MPI_Comm comm, int code) noexcept;

/// Prints `message` with this process's rank and ends all processes of the job.
[[noreturn]] void abort_job(const char* message) noexcept;

}  // namespace MPI4CXX::detail
