// Jobs some of whose processes run a program that knows nothing of this library, such as Python with mpi4py.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::detail {

/// Returns whether other processes of COMM_WORLD may run other programs. Then no collective call is made there that the program has not made. Every
/// process of this library in the job gives the same answer.
[[nodiscard]] bool is_mixed_job() noexcept;

}  // namespace MPI4CXX::detail
