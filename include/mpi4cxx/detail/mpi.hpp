// The only door to C: every other file reaches <mpi.h> through this one.
#pragma once

// Both MPIs would otherwise pull in the C++ bindings that MPI-3 removed.
#ifndef MPICH_SKIP_MPICXX
#define MPICH_SKIP_MPICXX 1
#endif
#ifndef OMPI_SKIP_MPICXX
#define OMPI_SKIP_MPICXX 1
#endif
#include <mpi.h>

/// Marks what the shared library exports; all else in it is hidden.
#define MPI4CXX_API __attribute__((visibility("default")))

// Error classes that came with MPI-4: an MPI without them reports none of them.
namespace mpi4cxx {
#ifndef MPI_ERR_SESSION
inline constexpr int MPI_ERR_SESSION = MPI_ERR_UNKNOWN;
#endif
#ifndef MPI_ERR_PROC_ABORTED
inline constexpr int MPI_ERR_PROC_ABORTED = MPI_ERR_UNKNOWN;
#endif
#ifndef MPI_ERR_VALUE_TOO_LARGE
inline constexpr int MPI_ERR_VALUE_TOO_LARGE = MPI_ERR_UNKNOWN;
#endif
}  // namespace mpi4cxx
