// The MPI of a process that uses the standard ABI, and whether there is exactly one.
#include "mpi/implementation.hpp"

#include <dlfcn.h>
#include <link.h>

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace MPI4CXX::detail {

namespace {

/// Returns what the MPI calls itself. The functions are those that tools do not see, for the program has not called them.
std::string description() {
    char text[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0;
    PMPI_Get_library_version(text, &length);
    return {text, static_cast<std::size_t>(length)};
}

/// Returns which MPI describes itself so. One that is made from MPICH has numbers of its own, and is as new as the ABI.
Implementation implementation_of(const char* text) {
    int major = 0, minor = 0, micro = 0;
    const auto number = [&] { return major * 10000000L + minor * 100000L + micro * 1000L; };
    if (std::sscanf(text, "Open MPI v%d.%d.%d", &major, &minor, &micro) >= 1)
        return {true, number()};
    return {false, std::sscanf(text, "MPICH Version: %d.%d.%d", &major, &minor, &micro) >= 1 ? number() : LONG_MAX};
}

/// Returns the name of the file that a library was loaded from.
std::string_view file_name(const char* path) {
    const std::string_view whole = path == nullptr ? "" : path;
    return whole.substr(whole.rfind('/') + 1);
}

}  // namespace

[[gnu::init_priority(200)]] const Implementation implementation = implementation_of(description().c_str());

std::string other_mpi() {
    std::string found;
    dl_iterate_phdr(
        [](dl_phdr_info* library, std::size_t, void* result) {
            const std::string_view name = file_name(library->dlpi_name);
            const bool is_own = name.starts_with("libmpi.so") || name.starts_with("libmpich.so") || name.starts_with("libmpi_cray.so");
            if (is_own)
                static_cast<std::string*>(result)->assign(name);
            return is_own ? 1 : 0;
        },
        &found);
    return found;
}

std::string misfit() {
    Dl_info found{};
    const bool is_found = dladdr(reinterpret_cast<void*>(&PMPI_Get_library_version), &found) != 0;
    if (const std::string other = other_mpi(); !other.empty() && is_found && file_name(found.dli_fname) == other)
        return "this program calls the MPI in " + other +
               ", but this mpi4cxx was built for the standard ABI, whose handles are others: link the program and its libraries to libmpi_abi.so "
               "alone, or build mpi4cxx for that MPI";
    int version = 0, subversion = 0;
    if (PMPI_Abi_get_version(&version, &subversion) == MPI_SUCCESS && version == MPI_ABI_VERSION)
        return {};
    return "this mpi4cxx was built for version " + std::to_string(MPI_ABI_VERSION) + " of the standard ABI, but this MPI has version " +
           std::to_string(version) + ": load another one, whose folder stands first in LD_LIBRARY_PATH (" + description() + ")";
}

}  // namespace MPI4CXX::detail
