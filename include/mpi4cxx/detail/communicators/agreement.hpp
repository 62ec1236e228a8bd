// Agreement of all processes of a communicator on a failure.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>
#include <mpi4cxx/fwd.hpp>

#include <exception>
#include <string>
#include <string_view>

namespace MPI4CXX::detail {

/// Returns which process of `comm` has thrown what, for the others: "rank 2 threw: no luck".
std::string words_of(const std::exception_ptr& failure, const Comm& comm, At at);

/// Returns whether `failed` is set on at least one process. Collective.
MPI4CXX_API bool has_failed_anywhere(const Comm& comm, bool failed, At at);
/// After that, throws on every process of a reduction: `failure` where it is set, elsewhere an Exception with the same text. Collective.
[[noreturn]] MPI4CXX_API void throw_everywhere(const Comm& comm, const std::exception_ptr& failure, At at);
/// Throws on every process of a reduction if `failure` is set on at least one: there the failure itself, elsewhere an Exception with the same text.
/// Collective.
inline void agree(const Comm& comm, const std::exception_ptr& failure, At at) {
    if (has_failed_anywhere(comm, failure != nullptr, at))
        throw_everywhere(comm, failure, at);
}
/// Does the same for a call of `function` on the object that `where` names. Elsewhere the Exception also has the class of the failure.
void agree(const Comm& comm, const std::exception_ptr& failure, std::string_view function, Place where);

}  // namespace MPI4CXX::detail
