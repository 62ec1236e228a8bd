// Which types can be serialized, found from the types that they consist of.
#pragma once

#include <mpi4cxx/detail/objects/encoding.hpp>

#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

/// Says that a type cannot be taken apart, because it cannot be serialized.
struct Unknown {};

template <class... T, class... U> TypeList<T..., U...> joined(TypeList<T...>, TypeList<U...>);

/// Returns the types of the objects that a `T` consists of, as far as the library takes it apart.
template <class T> consteval auto parts_of() {
    if constexpr (std::is_const_v<T> || std::is_volatile_v<T>) {
        return Unknown();
    } else {
        constexpr Encoding encoding = encoding_of<T>();
        if constexpr (encoding == Encoding::none || has_stateful_deleter<T>)
            return Unknown();
        else if constexpr (std::is_array_v<T> && encoding == Encoding::parts)
            return TypeList<std::remove_extent_t<T>>();
        else if constexpr (encoding == Encoding::parts)
            return typename values<T>::types();
        else if constexpr (encoding == Encoding::elements && Map<T>)
            return decltype(joined(TypeList<typename T::key_type, typename T::mapped_type>(), typename stateful_functions<T>::types()))();
        else if constexpr (encoding == Encoding::elements)
            return decltype(joined(TypeList<typename T::value_type>(), typename stateful_functions<T>::types()))();
        else if constexpr (encoding == Encoding::valarray || encoding == Encoding::optional || encoding == Encoding::atomic)
            return TypeList<typename T::value_type>();
        else if constexpr (encoding == Encoding::adaptor)
            return TypeList<typename T::container_type>();
        else if constexpr (encoding == Encoding::variant)
            return typename alternatives<T>::types();
        else if constexpr (encoding == Encoding::pointer && !PolymorphicPointer<T>)
            return TypeList<std::remove_const_t<typename T::element_type>>();
        else if constexpr (encoding == Encoding::members)
            return decltype(with_members(std::declval<T&>(), MemberTypes()))();
        else
            return TypeList<>();
    }
}

/// Returns whether save_any and load_any accept a `T`. The types `Within`, which a `T` is part of, are already being checked.
template <class T, class... Within> consteval bool can_be_archived();
template <class... T> consteval bool can_all_be_archived(Unknown) { return false; }
template <class... Within, class... P> consteval bool can_all_be_archived(TypeList<P...>) { return (can_be_archived<P, Within...>() && ...); }
template <class T, class... Within> consteval bool can_be_archived() {
    if constexpr ((std::is_same_v<T, Within> || ...))
        return true;
    else
        return can_all_be_archived<T, Within...>(parts_of<T>());
}

/// Returns whether a `T` can be copied. std::is_copy_constructible is true for a std::vector of any elements.
template <class T, class... Within> consteval bool can_be_copied();
template <class... T> consteval bool can_all_be_copied(Unknown) { return true; }
template <class... Within, class... P> consteval bool can_all_be_copied(TypeList<P...>) { return (can_be_copied<P, Within...>() && ...); }
template <class T, class... Within> consteval bool can_be_copied() {
    if constexpr ((std::is_same_v<T, Within> || ...) || !std::is_copy_constructible_v<T> || SmartPointer<T>)
        return std::is_copy_constructible_v<T>;
    else
        return can_all_be_copied<T, Within...>(parts_of<T>());
}

}  // namespace MPI4CXX::detail
