#pragma once

#include <mpi4cxx/detail/futures/registered_exception.hpp>

namespace MPI4CXX::futures {

/// Have exceptions of these types, thrown by tasks, arrive as themselves, members and all. Each has cereal's `serialize` (one without members
/// needs none), and is made by its default constructor or by one that takes the message. To say this once, anywhere in the program, is
/// enough, also where that is never executed: `const bool carried = MPI::futures::exceptions<MyError>();`.
template <class... E> bool exceptions() { return ((&detail::registered_exception<E> != nullptr) && ...); }

/// The same for a type that is taken apart and made by functions: `take(const E&)` returns a std::tuple of what `make` is called with. Both are
/// lambdas without captures.
template <class E, class Take, class Make> bool exceptions(Take, Make) {
    static_assert(std::is_empty_v<Take> && std::is_empty_v<Make>, "mpi4cxx: the functions of an exception are lambdas without captures");
    return &detail::registered_exception_by<E, Take, Make> != nullptr;
}

}  // namespace MPI4CXX::futures
