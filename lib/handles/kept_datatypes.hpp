// Datatypes that the library makes for itself.
#pragma once

#include <mpi4cxx/datatype.hpp>

namespace MPI4CXX::detail {

/// Frees `type` at the beginning of MPI_Finalize, and not before.
MPI_Datatype keep_until_finalize(Datatype type);

}  // namespace MPI4CXX::detail
