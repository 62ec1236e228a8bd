#pragma once

#include <string>

namespace mpi4cxx::futures::detail {

/// The name of the function that begins there, as people write it, exported or not; empty where no symbol tells.
std::string function_name(const void* address);

}  // namespace mpi4cxx::futures::detail
