// Values that take the same number of bytes in every message.
#pragma once

#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/detail/packing.hpp>
#include <mpi4cxx/detail/unpacking.hpp>

#include <cereal/cereal.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <tuple>
#include <type_traits>
#include <utility>

namespace mpi4cxx::detail {

class AnyArchive : public cereal::OutputArchive<AnyArchive> {};

/// A plain aggregate that says nothing itself of how it is serialized, and that cereal does not know.
template <class T>
concept Memberwise =
    std::is_aggregate_v<T> && std::is_copy_assignable_v<T> && !cereal::traits::is_output_serializable<T, AnyArchive>::value && PlainAggregate<T>;

template <class T> inline constexpr bool is_sequence_of_values = false;  // what std::apply takes apart
template <class T, std::size_t N> inline constexpr bool is_sequence_of_values<std::array<T, N>> = true;
template <class T, class U> inline constexpr bool is_sequence_of_values<std::pair<T, U>> = true;
template <class... T> inline constexpr bool is_sequence_of_values<std::tuple<T...>> = true;

/// How a value of fixed size lies in a message: without padding.
struct Layout {
    bool is_fixed = true;
    std::size_t size = 0;
    bool has_bool = false;

    constexpr Layout operator+(Layout other) const { return {is_fixed && other.is_fixed, size + other.size, has_bool || other.has_bool}; }
    constexpr Layout operator*(std::size_t n) const { return {is_fixed, size * n, has_bool}; }
};

template <class T> consteval Layout layout();

struct MembersLayout {
    template <class... M> constexpr auto operator()(M&...) const {
        struct Total {
            static consteval Layout value() { return (Layout() + ... + layout<std::remove_cv_t<M>>()); }
        };
        return Total();
    }
};

template <class T> struct array_layout { static constexpr Layout value{false}; };
template <class T, std::size_t N> struct array_layout<T[N]> { static constexpr Layout value = layout<T>() * N; };
template <class T, std::size_t N>
    requires(N > 0)
struct array_layout<std::array<T, N>> {
    static constexpr Layout value = layout<T>() * N;
};
template <class T> struct tuple_layout { static constexpr Layout value{false}; };
template <class T, class U> struct tuple_layout<std::pair<T, U>> { static constexpr Layout value = layout<T>() + layout<U>(); };
template <class... T> struct tuple_layout<std::tuple<T...>> { static constexpr Layout value = (Layout() + ... + layout<T>()); };

template <class T> consteval Layout layout() {
    if constexpr (std::is_same_v<T, bool>)
        return {true, 1, true};
    else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> || Builtin<T>)
        if constexpr (is_sequence_of_values<T>)  // MAXLOC's pairs, which may have padding
            return tuple_layout<T>::value;
        else
            return {true, sizeof(T)};
    else if constexpr (array_layout<T>::value.is_fixed)
        return array_layout<T>::value;
    else if constexpr (tuple_layout<T>::value.is_fixed)
        return tuple_layout<T>::value;
    else if constexpr (Memberwise<T>)
        return decltype(with_members(std::declval<T&>(), MembersLayout()))::value();
    else
        return {false};
}

/// A value that takes the same number of bytes in every message: numbers, enums, and arrays, pairs, tuples and plain aggregates of such.
template <class T>
concept Fixed = (layout<T>().is_fixed && layout<T>().size > 0);

/// Whose bytes in a message are those in memory.
template <class T>
concept Bytewise = Fixed<T> && layout<T>()
.size == sizeof(T) && !layout<T>().has_bool && std::is_trivially_copyable_v<T>;

template <class T, class F> void for_each_part(T& value, F f) {
    using Value = std::remove_const_t<T>;
    if constexpr (std::is_array_v<Value>)
        for (auto& element : value) f(element);
    else if constexpr (is_sequence_of_values<Value>)
        std::apply([&f](auto&... parts) { (f(parts), ...); }, value);
    else
        with_members(value, [&f](auto&... parts) { (f(parts), ...); });
}

/// Writes to memory that has room for it; returns the end.
template <class T> std::byte* write_fixed(std::byte* to, const T& value) {
    if constexpr (Bytewise<T> || std::is_same_v<T, bool>) {
        std::memcpy(to, &value, sizeof value);
        to += sizeof value;
    } else {
        for_each_part(value, [&to](const auto& part) { to = write_fixed(to, part); });
    }
    return to;
}

/// Reads from memory that has all of it; returns the end.
template <class T> const std::byte* read_fixed(const std::byte* from, T& value) {
    if constexpr (Bytewise<T>) {
        std::memcpy(&value, from, sizeof value);
        from += sizeof value;
    } else if constexpr (std::is_same_v<T, bool>) {
        if (*from > std::byte{1}) [[unlikely]]
            Unpacking::corrupt("a bool is neither true nor false");
        value = *from++ == std::byte{1};
    } else {
        for_each_part(value, [&from](auto& part) { from = read_fixed(from, part); });
    }
    return from;
}

template <Fixed T> void write(Packing& to, const T& value) { write_fixed(to.claim(layout<T>().size), value); }
template <Fixed T> void read(Unpacking& from, T& value) { read_fixed(from.take(layout<T>().size), value); }

}  // namespace mpi4cxx::detail
