// Datatypes that the library makes for itself.
#pragma once

#include <mpi4cxx/datatype.hpp>

namespace MPI4CXX::detail {

/// Keeps `type` until it is freed at the beginning of MPI_Finalize, and returns its handle.
MPI_Datatype keep_until_finalize(Datatype type);

}  // namespace MPI4CXX::detail
