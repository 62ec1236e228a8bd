#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <string>

namespace MPI4CXX::detail {

/// Returns the name of `type`, for an error message.
std::string datatype_name(MPI_Datatype type);

}  // namespace MPI4CXX::detail
