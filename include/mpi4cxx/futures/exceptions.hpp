// Registers exception types, so that tasks can throw them to the caller.
#pragma once

#include <mpi4cxx/detail/futures/registered_exception.hpp>

namespace MPI4CXX::futures {

/// Make exceptions of these types arrive with their own type and all members when a task throws them. Each type has cereal's `serialize` (a type
/// without members needs none), and a default constructor or a constructor from the message. One call anywhere in the program is enough, even if it
/// is never executed: `const bool carried = MPI::futures::exceptions<MyError>();`.
template <class... E> bool exceptions() { return (detail::is_registered(detail::registered_exception<E>) && ...); }

/// The same for an exception type that two functions take apart and make: `take(const E&)` returns a std::tuple of the arguments of `make`. Both
/// are lambdas without captures.
template <class E, class Take, class Make> bool exceptions(Take, Make) {
    static_assert(std::is_empty_v<Take> && std::is_empty_v<Make>, "mpi4cxx: the functions of an exception are lambdas without captures");
    return detail::is_registered(detail::registered_exception_by<E, Take, Make>);
}

}  // namespace MPI4CXX::futures
