// Texts: strings that MPI functions return, and numbers in messages.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/error.hpp>

#include <array>
#include <span>
#include <string>

namespace MPI4CXX::detail {

/// Returns the string of a function whose last parameters are (…, char* text, int* length).
template <auto Fn, int Size, class... Args> std::string text(Place where, Args... args) {
    std::array<char, Size> buffer{};
    int length = 0;
    call<Fn>(args..., buffer.data(), &length, where);
    return {buffer.data(), static_cast<std::size_t>(length)};
}

/// Returns a string for C. Throws std::invalid_argument if C would see its beginning only.
inline const char* whole(const std::string& text, const char* what, Caller caller) {
    if (text.find('\0') != std::string::npos)
        misuse(caller, std::string(what) + " contains a null character");
    return text.c_str();
}

/// Returns numbers in the form "(3, 4)".
inline std::string text_of(std::span<const MPI_Count> numbers) {
    std::string result = "(";
    for (const MPI_Count number : numbers) result += (result.size() > 1 ? ", " : "") + std::to_string(number);
    return result + ")";
}

}  // namespace MPI4CXX::detail
