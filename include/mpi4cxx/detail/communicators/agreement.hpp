// Agreement of all processes of a communicator on a failure.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>
#include <mpi4cxx/fwd.hpp>

#include <exception>

namespace MPI4CXX::detail {

/// Returns whether `failed` is set on at least one process. Collective.
MPI4CXX_API bool has_failed_anywhere(const Comm& comm, bool failed, At at);
/// After that, throws on every process: `failure` where it is set, elsewhere an Exception of `function` with the same text and of class `error_class`.
/// Collective.
[[noreturn]] MPI4CXX_API void throw_everywhere(const Comm& comm, const std::exception_ptr& failure, At at, const char* function = "reduction",
                                               int error_class = MPI_ERR_OP);
/// Throws on every process if `failure` is set on at least one: there the failure itself, elsewhere such an Exception. Collective.
inline void agree(const Comm& comm, const std::exception_ptr& failure, At at, const char* function = "reduction", int error_class = MPI_ERR_OP) {
    if (has_failed_anywhere(comm, failure != nullptr, at))
        throw_everywhere(comm, failure, at, function, error_class);
}

}  // namespace MPI4CXX::detail
