#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mpi4cxx::detail {

/// What every object message begins with.
struct Envelope {
    static constexpr std::uint32_t mark = 0x4d34432b;

    std::uint32_t magic = mark;
    std::int32_t sender = 0;     ///< in COMM_WORLD, where the payload comes from if it is not here
    std::int32_t side_tag = -1;  ///< of the payload on the side channel; -1: it follows
    std::int32_t unused = 0;
    std::uint64_t length = 0;  ///< of the payload, in bytes
};

/// An envelope and its payload take at most so many bytes; a larger payload travels by itself.
inline constexpr std::size_t inline_limit = 8192;

template <class T> consteval std::string_view type_name() {  // "std::vector<double>"
    const std::string_view function = __PRETTY_FUNCTION__;
    const std::size_t begin = function.find("T = ") + 4;
    const std::size_t end = function.rfind(';');  // GCC goes on with what std::string_view is
    return function.substr(begin, (end == std::string_view::npos ? function.size() - 1 : end) - begin);
}

/// Tells types apart: both ends run programs of one compiler.
template <class T> consteval std::uint64_t type_hash() {  // FNV-1a
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : type_name<T>()) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash;
}

}  // namespace mpi4cxx::detail
