#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <string>

namespace mpi4cxx::detail {

/// The name of `type`, for an error.
std::string datatype_name(MPI_Datatype type);

}  // namespace mpi4cxx::detail
