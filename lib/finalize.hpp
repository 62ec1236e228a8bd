#pragma once

#include <mpi4cxx/datatype.hpp>

namespace mpi4cxx::detail {

/// Whether MPI can be called now.
bool is_running() noexcept;

/// Calls `action` at the beginning of MPI_Finalize, whoever calls that; the last registered first.
void at_finalize(void (*action)());

/// Frees `type` then, and not before.
MPI_Datatype keep_until_finalize(Datatype type);

/// Prints `message` with this process's rank and ends all processes of the job.
[[noreturn]] void abort_job(const char* message) noexcept;

}  // namespace mpi4cxx::detail
