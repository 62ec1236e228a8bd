#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <string>

namespace MPI4CXX::detail {

/// The name of `type`, for an error.
std::string datatype_name(MPI_Datatype type);

}  // namespace MPI4CXX::detail
