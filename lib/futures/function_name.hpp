#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <string>

namespace MPI4CXX::futures::detail {

/// The name of the function that begins there, as people write it, exported or not; empty where no symbol tells.
std::string function_name(const void* address);

}  // namespace MPI4CXX::futures::detail
