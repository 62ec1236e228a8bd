// Strings that MPI functions return.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

#include <array>
#include <string>

namespace MPI4CXX::detail {

/// Returns the string of a function whose last parameters are (…, char* text, int* length).
template <auto Fn, int Size, class... Args> std::string text(Place where, Args... args) {
    std::array<char, Size> buffer{};
    int length = 0;
    call<Fn>(args..., buffer.data(), &length, where);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

}  // namespace MPI4CXX::detail
