// Texts: strings that MPI functions return or take, hashes of texts, and numbers in messages.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/error.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

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

/// Returns a number that is the same for the same text in all processes and, most likely, for no other text.
inline std::uint64_t hash_of(std::string_view text) noexcept {  // FNV-1a
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash;
}

/// Returns numbers in the form "(3, 4)".
inline std::string text_of(std::span<const MPI_Count> numbers) {
    std::string result = "(";
    for (const MPI_Count number : numbers) result += (result.size() > 1 ? ", " : "") + std::to_string(number);
    return result + ")";
}

}  // namespace MPI4CXX::detail
