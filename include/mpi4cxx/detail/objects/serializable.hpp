// What can be serialized, told by what a type consists of.
#pragma once

#include <mpi4cxx/detail/objects/encoding.hpp>

#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

/// Nothing is known of the type.
struct Unknown {};

/// The types whose objects an object of this type consists of, as far as the library takes it apart.
template <class T> consteval auto parts_of() {
    if constexpr (std::is_const_v<T> || std::is_volatile_v<T>) {
        return Unknown();
    } else {
        constexpr Encoding encoding = encoding_of<T>();
        if constexpr (encoding == Encoding::none)
            return Unknown();
        else if constexpr (std::is_array_v<T> && encoding == Encoding::parts)
            return TypeList<std::remove_extent_t<T>>();
        else if constexpr (encoding == Encoding::parts)
            return typename values<T>::types();
        else if constexpr (encoding == Encoding::elements && Map<T>)
            return TypeList<typename T::key_type, typename T::mapped_type>();
        else if constexpr (encoding == Encoding::elements || encoding == Encoding::valarray || encoding == Encoding::optional ||
                           encoding == Encoding::atomic)
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

/// Whether save_any and load_any know a way. Of the types `Within`, of which a `T` is part, that is found out already.
template <class T, class... Within> consteval bool can_be_archived();
template <class... T> consteval bool can_all_be_archived(Unknown) { return false; }
template <class... Within, class... P> consteval bool can_all_be_archived(TypeList<P...>) { return (can_be_archived<P, Within...>() && ...); }
template <class T, class... Within> consteval bool can_be_archived() {
    if constexpr ((std::is_same_v<T, Within> || ...))
        return true;
    else
        return can_all_be_archived<T, Within...>(parts_of<T>());
}

/// Whether a `T` can be copied: a std::vector says so whatever its elements are.
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
