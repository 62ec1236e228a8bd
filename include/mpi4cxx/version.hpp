#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>

#include <string>
#include <string_view>

// The version of this library.
#define MPI4CXX_VERSION_MAJOR 0
#define MPI4CXX_VERSION_MINOR 1
#define MPI4CXX_VERSION_PATCH 0

namespace MPI4CXX {

/// The version of the MPI standard whose header this is compiled with (MPI-4.0, 9.1.1).
inline constexpr int VERSION = MPI_VERSION;
/// The number after its dot.
inline constexpr int SUBVERSION = MPI_SUBVERSION;

/// A version of the MPI standard: 4 and 0.
struct Version {
    int version, subversion;
};

/// Who made an MPI: {"MPICH", 4, 0, 2}.
struct Vendor {
    std::string name;
    int major, minor, micro;
};

/// Return the version of the MPI standard that the MPI follows. Calls MPI_Get_version (MPI-4.0, 9.1.1).
[[nodiscard]] MPI4CXX_API Version Get_version(At at = {});
/// Return what the MPI says of itself. Calls MPI_Get_library_version (MPI-4.0, 9.1.1).
[[nodiscard]] MPI4CXX_API std::string Get_library_version(At at = {});
/// Return who made the MPI that runs, from what it says of itself; "unknown" where that is not understood.
[[nodiscard]] MPI4CXX_API Vendor get_vendor(At at = {});
/// The same of another's text.
[[nodiscard]] MPI4CXX_API Vendor get_vendor(std::string_view library_version);

}  // namespace MPI4CXX
