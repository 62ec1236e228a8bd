// Writes and reads values that take the same number of bytes in every message.
#pragma once

#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/detail/objects/packing.hpp>
#include <mpi4cxx/detail/objects/unpacking.hpp>
#include <mpi4cxx/detail/runtime/type_name.hpp>
#include <mpi4cxx/input_archive.hpp>
#include <mpi4cxx/output_archive.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace MPI4CXX {

template <class T> struct bytes_type;

namespace detail {

template <class T>
concept ClassOrUnion = std::is_class_v<T> || std::is_union_v<T>;

/// A class of the standard library. Such classes are recognized by what they can do, because including their headers would take longer to compile
/// than all of this library.
template <class T>
concept StandardType = std::is_class_v<T> && type_name<T>()
.starts_with("std::");

/// A class with functions for its serialization: members, functions beside the class, or functions of a header of cereal's.
template <class T>
concept HasSerializeFunctions = ClassOrUnion<T> &&
    (cereal::traits::detail::count_output_serializers<T, OutputArchive>::value != 0 ||
     cereal::traits::detail::count_input_serializers<T, InputArchive>::value != 0 || cereal::traits::has_load_and_construct<T, InputArchive>::value);

struct SerializeNames {
    int serialize, save, load;
};
template <class T> struct WithSerializeNames : T, SerializeNames {};

/// A class with functions of these names that cereal cannot call, because they are private or have other parameters. A private function cannot be
/// named, but it makes the same name ambiguous in a class that derives from this class and from SerializeNames.
template <class T>
concept HidesSerializeFunctions = std::is_class_v<T> && !std::is_final_v<T> && !HasSerializeFunctions<T> &&
                                  ((
                                       !requires { &WithSerializeNames<T>::serialize; } && !requires { &T::serialize; }) ||
                                   (
                                       !requires { &WithSerializeNames<T>::save; } && !requires { &T::save; }) ||
                                   (
                                       !requires { &WithSerializeNames<T>::load; } && !requires { &T::load; }));

/// A plain aggregate of members that have datatypes, without serialize functions. It has a fixed size if all its members have.
template <class T>
concept FixedSizeAggregate =
    std::is_aggregate_v<T> && std::is_copy_assignable_v<T> && !HasSerializeFunctions<T> && !HidesSerializeFunctions<T> && PlainAggregate<T>;

/// A type that the user has declared to be sent as its bytes in memory, by bytes_type.
template <class T>
concept SentAsBytes =
    ClassOrUnion<T> && std::is_trivially_copyable_v<T> && !HasSerializeFunctions<T> && std::is_base_of_v<bytes_type<T>, datatype_traits<T>>;

/// Returns whether `T` is a std::chrono::duration or time_point of a number, or a calendar type such as std::chrono::day.
template <class T> consteval bool is_time() {
    if constexpr (!std::is_class_v<T> || !std::is_trivially_copyable_v<T>)
        return false;
    else if constexpr (requires { typename T::period; })
        return StandardType<T> && std::is_arithmetic_v<typename T::rep>;
    else
        return type_name<T>().starts_with("std::chrono::year") || type_name<T>().starts_with("std::chrono::month") ||
               type_name<T>().starts_with("std::chrono::day") || type_name<T>().starts_with("std::chrono::weekday");
}

/// Whether `T` is a std::array, a std::pair or a std::tuple.
template <class T> inline constexpr bool is_sequence_of_values = false;
template <class T, std::size_t N> inline constexpr bool is_sequence_of_values<std::array<T, N>> = true;
template <class T, class U> inline constexpr bool is_sequence_of_values<std::pair<T, U>> = true;
template <class... T> inline constexpr bool is_sequence_of_values<std::tuple<T...>> = true;

/// The layout of a type in a message, where values have no padding.
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
        if constexpr (is_sequence_of_values<T>)  // pairs for MAXLOC may have padding in memory
            return tuple_layout<T>::value;
        else
            return {true, sizeof(T)};
    else if constexpr (array_layout<T>::value.is_fixed)
        return array_layout<T>::value;
    else if constexpr (tuple_layout<T>::value.is_fixed)
        return tuple_layout<T>::value;
    else if constexpr (is_time<T>() || SentAsBytes<T>)
        return {true, sizeof(T)};
    else if constexpr (FixedSizeAggregate<T>)
        return decltype(with_members(std::declval<T&>(), MembersLayout()))::value();
    else
        return {false};
}

/// A type whose values take the same number of bytes in every message: numbers, enums, times, and arrays, pairs, tuples and plain aggregates of
/// these.
template <class T>
concept FixedSize = (layout<T>().is_fixed && layout<T>().size > 0);

/// A type whose values have the same bytes in a message as in memory.
template <class T>
concept SameBytesInMemory = FixedSize<T> && layout<T>()
.size == sizeof(T) && !layout<T>().has_bool && std::is_trivially_copyable_v<T>;

/// A type whose objects are contiguous and large enough to be blocks.
template <class T>
concept BlockSized = SameBytesInMemory<T> && sizeof(T) >= block_limit;

/// Calls `f` with each element of an array, a pair or a tuple, or with each member of an aggregate.
template <class T, class F> void for_each_part(T& value, F f) {
    using Value = std::remove_const_t<T>;
    if constexpr (std::is_array_v<Value>)
        for (auto& element : value) f(element);
    else if constexpr (is_sequence_of_values<Value>)
        std::apply([&f](auto&... parts) { (f(parts), ...); }, value);
    else
        with_members(value, [&f](auto&... parts) { (f(parts), ...); });
}

/// Writes a value to memory that has room for it. Returns the end.
template <class T> std::byte* write_fixed(std::byte* to, const T& value) {
    if constexpr (SameBytesInMemory<T> || std::is_same_v<T, bool>) {
        std::memcpy(to, std::addressof(value), sizeof value);
        to += sizeof value;
    } else {
        for_each_part(value, [&to](const auto& part) { to = write_fixed(to, part); });
    }
    return to;
}

/// Reads a value from memory that holds all of it. Returns the end.
template <class T> const std::byte* read_fixed(const std::byte* from, T& value) {
    if constexpr (SameBytesInMemory<T>) {
        std::memcpy(std::addressof(value), from, sizeof value);
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

template <FixedSize T> void write(Packing& to, const T& value) { write_fixed(to.claim(layout<T>().size), value); }
template <FixedSize T> void read(Unpacking& from, T& value) { read_fixed(from.take(layout<T>().size), value); }
template <BlockSized T> void read_block(Unpacking& from, T& value) {
    if (const std::byte* const bytes = from.take_block(sizeof value, 1); bytes == nullptr)
        from.receive_block(std::addressof(value), sizeof value);
    else
        std::memcpy(std::addressof(value), bytes, sizeof value);
}

}  // namespace detail
}  // namespace MPI4CXX
