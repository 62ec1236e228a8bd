// Agreement of all processes of a communicator on a failure.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>
#include <mpi4cxx/fwd.hpp>

#include <exception>

namespace MPI4CXX::detail {

/// Throws on every process if `failure` is set on at least one: there the failure itself, elsewhere an Exception with the same text. Collective.
MPI4CXX_API void agree(const Comm& comm, const std::exception_ptr& failure, At at);

}  // namespace MPI4CXX::detail
