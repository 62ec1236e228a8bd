#pragma once

#include <mpi4cxx/detail/at.hpp>

#include <string>

// The version of this library.
#define MPI4CXX_VERSION_MAJOR 0
#define MPI4CXX_VERSION_MINOR 1
#define MPI4CXX_VERSION_PATCH 0

namespace mpi4cxx {

/// A version of the MPI standard: 4 and 0.
struct Version {
    int version, subversion;
};

/// Return the version of the MPI standard that the MPI follows. Calls MPI_Get_version (MPI-4.0, 9.1.1).
[[nodiscard]] MPI4CXX_API Version Get_version(At at = {});
/// Return what the MPI says of itself. Calls MPI_Get_library_version (MPI-4.0, 9.1.1).
[[nodiscard]] MPI4CXX_API std::string Get_library_version(At at = {});

}  // namespace mpi4cxx
