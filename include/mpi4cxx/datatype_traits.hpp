// The MPI datatype of each element type. Specialise datatype_traits to give a class a datatype:
//     template <> struct mpi4cxx::datatype_traits<Mine> { static MPI_Datatype get(); };
#pragma once

#include <mpi4cxx/datatype.hpp>
#include <mpi4cxx/detail/handles/aggregate_members.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>
#include <mpi4cxx/detail/runtime/type_name.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI4CXX {

/// `get()` returns the committed datatype of one `T`. Empty for types that have none.
template <class T> struct datatype_traits {};

/// A type that has a datatype: MPI can move its elements as they lie in memory.
template <class T>
concept Mapped = requires {
    datatype_traits<std::remove_cv_t<T>>::get();
};

namespace detail {

/// Whether `T` is std::complex<R>, recognised without the header `<complex>`, which includes that of streams.
template <class T, class R> inline constexpr bool is_complex = false;
template <template <class> class C, class R> inline constexpr bool is_complex<C<R>, R> = type_name<C<R>>().starts_with("std::complex<");

// clang-format off
template <class T> auto builtin_type() noexcept {
    if constexpr (std::is_same_v<T, char>) return MPI_CHAR;
    else if constexpr (std::is_same_v<T, signed char>) return MPI_SIGNED_CHAR;
    else if constexpr (std::is_same_v<T, unsigned char>) return MPI_UNSIGNED_CHAR;
    else if constexpr (std::is_same_v<T, wchar_t>) return MPI_WCHAR;
    else if constexpr (std::is_same_v<T, char8_t>) return MPI_UINT8_T;
    else if constexpr (std::is_same_v<T, char16_t>) return MPI_UINT16_T;
    else if constexpr (std::is_same_v<T, char32_t>) return MPI_UINT32_T;
    else if constexpr (std::is_same_v<T, bool>) return MPI_C_BOOL;
    else if constexpr (std::is_same_v<T, std::byte>) return MPI_BYTE;
    else if constexpr (std::is_same_v<T, short>) return MPI_SHORT;
    else if constexpr (std::is_same_v<T, unsigned short>) return MPI_UNSIGNED_SHORT;
    else if constexpr (std::is_same_v<T, int>) return MPI_INT;
    else if constexpr (std::is_same_v<T, unsigned>) return MPI_UNSIGNED;
    else if constexpr (std::is_same_v<T, long>) return MPI_LONG;
    else if constexpr (std::is_same_v<T, unsigned long>) return MPI_UNSIGNED_LONG;
    else if constexpr (std::is_same_v<T, long long>) return MPI_LONG_LONG;
    else if constexpr (std::is_same_v<T, unsigned long long>) return MPI_UNSIGNED_LONG_LONG;
    else if constexpr (std::is_same_v<T, float>) return MPI_FLOAT;
    else if constexpr (std::is_same_v<T, double>) return MPI_DOUBLE;
    else if constexpr (std::is_same_v<T, long double>) return MPI_LONG_DOUBLE;
    else if constexpr (is_complex<T, float>) return MPI_C_FLOAT_COMPLEX;
    else if constexpr (is_complex<T, double>) return MPI_C_DOUBLE_COMPLEX;
    else if constexpr (is_complex<T, long double>) return MPI_C_LONG_DOUBLE_COMPLEX;
    // the types for MAXLOC and MINLOC (MPI-4.0, 6.9.4)
    else if constexpr (std::is_same_v<T, std::pair<float, int>>) return MPI_FLOAT_INT;
    else if constexpr (std::is_same_v<T, std::pair<double, int>>) return MPI_DOUBLE_INT;
    else if constexpr (std::is_same_v<T, std::pair<long, int>>) return MPI_LONG_INT;
    else if constexpr (std::is_same_v<T, std::pair<int, int>>) return MPI_2INT;
    else if constexpr (std::is_same_v<T, std::pair<short, int>>) return MPI_SHORT_INT;
    else if constexpr (std::is_same_v<T, std::pair<long double, int>>) return MPI_LONG_DOUBLE_INT;
}
// clang-format on

template <class T>
concept Builtin = !std::is_void_v<decltype(builtin_type<T>())>;
template <class T>
concept Enumeration = std::is_enum_v<T> && !Builtin<T>;

/// A run of `count` elements of `type` at `offset`, `size` bytes in all.
struct Member {
    std::size_t offset, count, size;
    MPI_Datatype type;
};
using Members = std::vector<Member>;

/// Makes the datatype of such members, without their padding, and keeps it until MPI_Finalize. Called once a type.
MPI4CXX_API MPI_Datatype make_struct(std::span<const Member> members, std::size_t size, std::string_view name);

template <class T>
concept Composite = requires(Members& members) {
    datatype_traits<T>::flatten(0, members);
};

/// Appends the members of `count` elements at `offset`, down to members of members, so that neighbours of one type can merge.
template <class T> void flatten(std::size_t offset, Members& members, std::size_t count = 1) {
    if constexpr (std::is_array_v<T>)
        flatten<std::remove_extent_t<T>>(offset, members, count * std::extent_v<T>);
    else if constexpr (Composite<T>)
        if (count == 1)
            return datatype_traits<T>::flatten(offset, members);
    if constexpr (!std::is_array_v<T>)
        members.push_back({offset, count, count * sizeof(T), datatype_traits<T>::get()});
}

/// Appends the members of a class, given an object of it and references to them.
template <class... M> void flatten_members(const void* object, std::size_t offset, Members& members, const M&... m) {
    const auto within = [object](const void* member) {
        return static_cast<std::size_t>(static_cast<const std::byte*>(member) - static_cast<const std::byte*>(object));
    };
    (flatten<M>(offset + within(&m), members), ...);
}

/// Calls `f` with a `T` that is never constructed: only addresses within it may be taken.
template <class T, class F> void with_outline(F f) {
    std::allocator<T> allocator;
    T* const outline = allocator.allocate(1);
    f(*outline);
    allocator.deallocate(outline, 1);
}

/// The datatype of a type that has members, made when it is first asked for.
template <class T> struct composite {
    static MPI_Datatype get() {
        static const MPI_Datatype type = [] {
            Members members;
            datatype_traits<T>::flatten(0, members);
            return make_struct(members, sizeof(T), type_name<T>());
        }();
        return type;
    }
};

struct AllMapped {
    template <class... M> constexpr auto operator()(M&...) const { return std::bool_constant<(Mapped<M> && ...)>(); }
};

/// A type that structured bindings take apart by `get`, not by member.
template <class T>
concept TupleLike = requires {
    std::tuple_size<T>::value;
};

/// An aggregate that has references for members: it can neither be assigned to nor made of nothing.
template <class T>
concept HasReferences = !std::is_copy_assignable_v<T> && !requires {
    T{};
};

/// An aggregate without a base, with at most 32 members, all of which have a datatype and none is a reference.
template <class T>
concept PlainAggregate = std::is_class_v<T> && std::is_aggregate_v<T> && std::is_trivially_copy_constructible_v<T> &&
                         std::is_trivially_destructible_v<T> && !HasReferences<T> &&
                         !TupleLike<T> && decltype(with_members(std::declval<T&>(), AllMapped()))::value;

}  // namespace detail

template <detail::Builtin T> struct datatype_traits<T> {
    static MPI_Datatype get() noexcept { return detail::builtin_type<T>(); }
};

template <detail::Enumeration T> struct datatype_traits<T> : datatype_traits<std::underlying_type_t<T>> {};

template <Mapped T, std::size_t N> struct datatype_traits<T[N]> : detail::composite<T[N]> {
    static void flatten(std::size_t offset, detail::Members& members) { detail::flatten<std::remove_cv_t<T>>(offset, members, N); }
};

template <Mapped T, std::size_t N> struct datatype_traits<std::array<T, N>> : detail::composite<std::array<T, N>> {
    static void flatten(std::size_t offset, detail::Members& members) { detail::flatten<std::remove_cv_t<T>>(offset, members, N); }
};

template <Mapped T, Mapped U>
    requires(!detail::Builtin<std::pair<T, U>>)
struct datatype_traits<std::pair<T, U>> : detail::composite<std::pair<T, U>> {
    static void flatten(std::size_t offset, detail::Members& members) {
        detail::with_outline<std::pair<T, U>>([&](auto& pair) { detail::flatten_members(&pair, offset, members, pair.first, pair.second); });
    }
};

template <Mapped... T>
    requires(sizeof...(T) > 0)
struct datatype_traits<std::tuple<T...>> : detail::composite<std::tuple<T...>> {
    static void flatten(std::size_t offset, detail::Members& members) {
        detail::with_outline<std::tuple<T...>>(
            [&](auto& tuple) { std::apply([&](const auto&... m) { detail::flatten_members(&tuple, offset, members, m...); }, tuple); });
    }
};

template <detail::PlainAggregate T> struct datatype_traits<T> : detail::composite<T> {
    static constexpr bool is_reflected = true;  // its members are known
    static void flatten(std::size_t offset, detail::Members& members) {
        detail::with_outline<T>(
            [&](T& object) { detail::with_members(object, [&](const auto&... m) { detail::flatten_members(&object, offset, members, m...); }); });
    }
};

/// Return the datatype of `T`, from which derived types can be made. It must not be freed.
template <Mapped T> [[nodiscard]] Datatype datatype_of() { return Datatype::borrow(datatype_traits<std::remove_cv_t<T>>::get()); }

}  // namespace MPI4CXX
