#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <string>

namespace MPI4CXX::futures::detail {

/// Returns the demangled name of the function that begins at `address`, exported or not; empty if there is no symbol.
std::string function_name(const void* address);

}  // namespace MPI4CXX::futures::detail
