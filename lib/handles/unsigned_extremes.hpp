// The greatest and the least of unsigned integers, which some MPIs compare as if they were signed.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::detail {

/// Returns the operation that does on elements of `type` what `op` should: an operation of this library, where MPI's own MAX or MIN of these
/// elements is wrong, else `op` itself. Asks the MPI by a reduction of its own when a type comes for the first time. Local.
MPI_Op right_operation(MPI_Op op, MPI_Datatype type);

}  // namespace MPI4CXX::detail
