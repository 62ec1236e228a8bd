#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

namespace MPI4CXX::detail {

/// Whether MPI can be called now.
bool is_running() noexcept;

/// Calls `action` at the beginning of MPI_Finalize, whoever calls that; the last registered first.
void at_finalize(void (*action)());

/// Calls MPI_Abort a moment later: MPICH's mpiexec ends the job as soon as it hears of the abort, often before it has read
/// what has just been written.
[[noreturn]] void abort_after_output(MPI_Comm comm, int code) noexcept;

/// Prints `message` with this process's rank and ends all processes of the job.
[[noreturn]] void abort_job(const char* message) noexcept;

}  // namespace MPI4CXX::detail
