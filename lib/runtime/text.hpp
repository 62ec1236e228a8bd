#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

#include <array>
#include <string>

namespace MPI4CXX::detail {

/// The string that functions return which end in (…, char* text, int* length).
template <auto Fn, int Size, class... Args> std::string text(Place where, Args... args) {
    std::array<char, Size> buffer{};
    int length = 0;
    call<Fn>(args..., buffer.data(), &length, where);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

}  // namespace MPI4CXX::detail
