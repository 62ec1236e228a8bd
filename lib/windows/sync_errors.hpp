// Mistakes in the use of the classes of `sync`.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/error.hpp>

#include <cstdio>
#include <exception>
#include <string>
#include <system_error>

namespace MPI4CXX::detail {

/// Throws what guards of the standard library throw.
[[noreturn, gnu::cold]] inline void refuse(std::errc code, Caller caller, const std::string& text) {
    throw std::system_error(std::make_error_code(code),
                            std::string(caller.method) + ": " + text + " (" + caller.at.file + ":" + std::to_string(caller.at.line) + ")");
}

/// Returns the object that a pointer points to. Throws std::invalid_argument if it is null.
template <class Pointer> auto& existing(const Pointer& state, Caller caller) {
    if (state == nullptr)
        misuse(caller, "the object was freed or moved from");
    return *state;
}

/// Calls `f` in a destructor, after printing that the object was destroyed too early.
template <class F> void end_with_warning(const char* text, At made_at, F f) noexcept try {
    std::fprintf(stderr, "mpi4cxx: warning: %s (%s:%lu)\n", text, made_at.file, made_at.line);
    f();
} catch (const std::exception& error) {
    std::fprintf(stderr, "mpi4cxx: warning: %s\n", error.what());
}

}  // namespace MPI4CXX::detail
