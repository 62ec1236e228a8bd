// The buffer that is attached for buffered sends.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>

#include <cstddef>

namespace MPI4CXX::detail {

/// Throws an Exception of class ERR_BUFFER if a message of `size` bytes does not fit the buffer that is attached for MPI_Bsend.
void check_attached(std::size_t size, Place where);

}  // namespace MPI4CXX::detail
