// Packs the arguments and results of tasks.
#pragma once

#include <mpi4cxx/serialize.hpp>

#include <cstdint>
#include <tuple>
#include <type_traits>

namespace MPI4CXX::futures::detail {

using mpi4cxx::detail::Packing;
using mpi4cxx::detail::Unpacking;

/// The result of a function that returns nothing.
struct None {
    bool operator==(const None&) const = default;
};

template <class T> using stored = std::conditional_t<std::is_void_v<T>, None, std::remove_cvref_t<T>>;

/// Writes `value` without an envelope: both sides run the same program and know its type.
template <class T> void put_value(Packing& to, const T& value) {
    static_assert(Serializable<T> || std::is_same_v<T, None>,
                  "mpi4cxx: a task's arguments and its result travel as objects, and this type cannot; the next error says why");
    if constexpr (!std::is_same_v<T, None>)
        mpi4cxx::detail::save_sent(to, value);
}

/// Reads a value; T is the type as which it was sent.
template <class T> T get_value(Unpacking& from) {
    if constexpr (std::is_same_v<T, None>)
        return {};
    else
        return mpi4cxx::detail::make_sent<T>(from);
}

/// Whether values of these types are packed without frames.
template <class... T> inline constexpr bool is_dense = ((mpi4cxx::detail::layout<T>().is_fixed || std::is_same_v<T, None>)&&...);

// Every other value is packed in a frame: the size, then the bytes, which begin and end at a multiple of 16, so that runs can be read in place.

[[nodiscard]] MPI4CXX_API std::size_t open_frame(Packing& to);
MPI4CXX_API void close_frame(Packing& to, std::size_t frame);
[[nodiscard]] MPI4CXX_API std::span<const std::byte> take_frame(Unpacking& from);
/// Pads to a multiple of 16.
MPI4CXX_API void align(Packing& to);

/// Writes one item: the arguments of a call, or a result.
template <class... T> void put_item(Packing& to, const T&... values) {
    if constexpr (is_dense<sent_as<T>...>) {
        (put_value(to, values), ...);
    } else {
        const std::size_t frame = open_frame(to);
        (put_value(to, values), ...);
        close_frame(to, frame);
    }
}

/// Calls `f(Unpacking&)` at the beginning of an item of these types.
template <class... T, class F> decltype(auto) with_item(Unpacking& from, F f) {
    if constexpr (is_dense<T...>) {
        return f(from);
    } else {
        Unpacking frame(take_frame(from));
        return f(frame);
    }
}

}  // namespace MPI4CXX::futures::detail
