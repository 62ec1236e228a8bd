// The names of the members of a plain aggregate, which the compiler writes into the name of a template.
#pragma once

#include <mpi4cxx/detail/handles/aggregate_members.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

/// Stands for an object of type `T` that is never made: only the addresses of its members are named.
template <class T> struct Imagined { const T object; };
#pragma GCC diagnostic push
#ifdef __clang__
#pragma GCC diagnostic ignored "-Wundefined-var-template"
#pragma GCC diagnostic ignored "-Wundefined-internal"
#endif
template <class T> extern const Imagined<T> imagined;

template <class Pointer> struct AddressOf { Pointer pointer; };
template <class Pointer> AddressOf(Pointer) -> AddressOf<Pointer>;

template <AddressOf address> consteval std::string_view name_of_member() {
    std::string_view name = __PRETTY_FUNCTION__;  // "… address = {&imagined.object.steps}]", "… (& imagined<T>.Imagined<T>::object.T::steps)}; …"
    if (const auto end = name.rfind("; std::string_view"); end != name.npos)
        name = name.substr(0, end);
    const auto is_letter = [](char c) {  // each byte of a letter beyond ASCII is one
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || (c & 0x80) != 0;
    };
    while (!is_letter(name.back())) name.remove_suffix(1);
    std::size_t begin = name.size();
    while (is_letter(name[begin - 1])) --begin;
    return name.substr(begin);
}

template <class T, std::size_t I> constexpr auto member_address() {
    return with_members(imagined<T>.object, [](auto&... members) { return AddressOf{std::addressof(std::get<I>(std::tie(members...)))}; });
}
#pragma GCC diagnostic pop

template <class T> consteval auto count_members() {
    return decltype(with_members(std::declval<T&>(), [](auto&... members) { return std::integral_constant<std::size_t, sizeof...(members)>(); }))();
}
template <class T> consteval std::size_t member_count() { return count_members<T>(); }

/// Whether the members of an aggregate can be named. A class without data has none.
template <class T> consteval bool members_are_told() {
    if constexpr (std::is_aggregate_v<T> && !std::is_empty_v<T>)
        return !std::is_same_v<decltype(count_members<T>()), TooMany>;
    else
        return true;
}

template <class T, std::size_t... I> consteval auto names_of_members(std::index_sequence<I...>) {
    return std::array<std::string_view, sizeof...(I)>{name_of_member<member_address<T, I>()>()...};
}

/// The names of the members of `T`, in order.
template <class T> inline constexpr auto member_names = names_of_members<T>(std::make_index_sequence<member_count<T>()>());

}  // namespace MPI4CXX::detail
