// The places that error messages name: the line of the user's program, the communicator, the method.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX {

/// The place in the user's program from which a method is called: the last parameter of every method that can fail.
/// It stands in for std::source_location, which clang 14 does not find in libstdc++ 12.
struct At {
    const char* file;
    unsigned long line;  // as wide as the pointer: padding would cost instructions in every call
    constexpr At(const char* path, unsigned long number) noexcept : file(path), line(number) {}
    /// The first parameter of the constructor that takes the caller's place. It keeps a string from converting to a place.
    struct Here {};
    constexpr At(Here = {}, const char* path = __builtin_FILE(), unsigned long number = __builtin_LINE()) noexcept : file(path), line(number) {}
};

namespace detail {

class Subject;

/// The place of an error whose call the program has not written: its message names no place.
inline constexpr At nowhere("", 0);

/// What an error message names besides the function: the user's place, and the communicator or the other object of the call, if there is one.
/// The members are plain values and addresses, so that a call that succeeds need not keep any of them.
struct Place {
    const char* file;
    unsigned long line;
    const MPI_Comm* comm;
    const Subject* subject = nullptr;
    constexpr Place(At place = {}, const MPI_Comm* address = nullptr) noexcept : file(place.file), line(place.line), comm(address) {}
    constexpr Place(At place, const Subject* object) noexcept : file(place.file), line(place.line), comm(nullptr), subject(object) {}
    [[nodiscard]] constexpr At at() const noexcept { return {file, line}; }
};

/// The method for which a plan checks arguments. Its name is that of the function that calls the plan.
struct Caller {
    At at;
    const char* method;
    constexpr Caller(At place, const char* name = __builtin_FUNCTION()) noexcept : at(place), method(name) {}
};

}  // namespace detail
}  // namespace MPI4CXX
