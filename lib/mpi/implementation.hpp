// Whether a process that uses the standard ABI has exactly one MPI, and that one has the ABI.
#pragma once

#include <mpi4cxx/detail/mpi/platform.hpp>

#include <string>

namespace MPI4CXX::detail {

#ifdef MPI4CXX_STANDARD_ABI
/// Returns why this program cannot use its MPI; empty if it can.
[[nodiscard]] std::string misfit();
/// Returns the file name of an MPI without the standard ABI that this process has loaded besides; empty if there is none.
[[nodiscard]] std::string other_mpi();
#else
inline std::string misfit() { return {}; }
inline std::string other_mpi() { return {}; }
#endif

}  // namespace MPI4CXX::detail
