#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX {

/// The place in the user's program that a call was made from: the last parameter of every method that can fail.
/// std::source_location would do, but clang 14 does not find it in libstdc++ 12.
struct At {
    const char* file;
    unsigned long line;  // as wide as the pointer: padding would cost instructions in every call
    constexpr At(const char* path, unsigned long number) noexcept : file(path), line(number) {}
    /// Here. Its first parameter keeps a string from becoming a place.
    struct Here {};
    constexpr At(Here = {}, const char* path = __builtin_FILE(), unsigned long number = __builtin_LINE()) noexcept : file(path), line(number) {}
};

namespace detail {

/// What an error message tells beside the function: the user's place and the communicator, where there is one.
/// Plain values, and the communicator by address, so that a call that succeeds need not keep any of it.
struct Place {
    const char* file;
    unsigned long line;
    const MPI_Comm* comm;
    constexpr Place(At place = {}, const MPI_Comm* address = nullptr) noexcept : file(place.file), line(place.line), comm(address) {}
    [[nodiscard]] constexpr At at() const noexcept { return {file, line}; }
};

/// The method that a plan works for; its name is taken where the plan is called.
struct Caller {
    At at;
    const char* method;
    constexpr Caller(At place, const char* name = __builtin_FUNCTION()) noexcept : at(place), method(name) {}
};

}  // namespace detail
}  // namespace MPI4CXX
