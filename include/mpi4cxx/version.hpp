#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>

#include <string>
#include <string_view>

// The version of this library.
#define MPI4CXX_VERSION_MAJOR 0
#define MPI4CXX_VERSION_MINOR 1
#define MPI4CXX_VERSION_PATCH 0

namespace MPI4CXX {

/// The version of the MPI standard that the header mpi.h follows (MPI-4.0, 9.1.1).
inline constexpr int VERSION = MPI_VERSION;
/// The number after the dot of that version.
inline constexpr int SUBVERSION = MPI_SUBVERSION;

/// A version of the MPI standard, as 4 and 0.
struct Version {
    int version, subversion;
};

/// The name and version of an MPI library: {"MPICH", 4, 0, 2}.
struct Vendor {
    std::string name;
    int major, minor, micro;
};

/// Return the version of the MPI standard that the MPI library follows. Calls MPI_Get_version (MPI-4.0, 9.1.1).
[[nodiscard]] MPI4CXX_API Version Get_version(At at = {});
/// Return the MPI library's own description of itself. Calls MPI_Get_library_version (MPI-4.0, 9.1.1).
[[nodiscard]] MPI4CXX_API std::string Get_library_version(At at = {});
/// Return the name and version of the MPI library that runs, from its own description; "unknown" if that is not understood.
[[nodiscard]] MPI4CXX_API Vendor get_vendor(At at = {});
/// Return the name and version of another MPI library, from its description.
[[nodiscard]] MPI4CXX_API Vendor get_vendor(std::string_view library_version);

}  // namespace MPI4CXX
