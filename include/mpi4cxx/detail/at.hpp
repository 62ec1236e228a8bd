#pragma once

#include <mpi4cxx/detail/mpi.hpp>

namespace mpi4cxx {

/// The place in the user's program that a call was made from: the last parameter of every method that can fail.
/// std::source_location would do, but clang 14 does not find it in libstdc++ 12.
struct At {
    const char* file;
    unsigned line;
    constexpr At(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) noexcept : file(file), line(line) {}
};

namespace detail {

/// What an error message tells beside the function: the user's place and the communicator, where there is one.
struct Place {
    At at;
    MPI_Comm comm = MPI_COMM_NULL;
    constexpr Place(At at = {}) noexcept : at(at) {}
    Place(At at, MPI_Comm comm) noexcept : at(at), comm(comm) {}
};

/// The method that a plan works for; its name is taken where the plan is called.
struct Caller {
    At at;
    const char* method;
    constexpr Caller(At at, const char* method = __builtin_FUNCTION()) noexcept : at(at), method(method) {}
};

}  // namespace detail
}  // namespace mpi4cxx
