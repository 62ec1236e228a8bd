// What reductions need to know about elements that are not plain numbers.
#pragma once

#include <mpi4cxx/datatype_traits.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

/// An element type that predefined operations do not take as it is.
struct ElementType {
    using Get = auto(*)() -> MPI_Datatype;

    std::string_view name;
    Get number;     ///< the datatype of an array's numbers, at any depth; null for other types
    Count numbers;  ///< how many numbers the array has
    Get pair;       ///< the datatype that MINLOC and MAXLOC take, for a struct with its layout; else null
    bool is_bool;
};

/// The type of an array's numbers, at any depth, and how many there are.
template <class T> struct ArrayOf {
    using Number = T;
    static constexpr std::size_t size = 1;
};
template <class T, std::size_t N> struct ArrayOf<T[N]> {
    using Number = typename ArrayOf<std::remove_cv_t<T>>::Number;
    static constexpr std::size_t size = N * ArrayOf<std::remove_cv_t<T>>::size;
};
template <class T, std::size_t N> struct ArrayOf<std::array<T, N>> : ArrayOf<T[N]> {};
template <class T> struct ArrayOf<std::array<T, 0>> {  // there is no array of 0 elements
    using Number = std::array<T, 0>;
    static constexpr std::size_t size = 1;
};

/// Finds the std::pair that a struct with these members is laid out as; std::false_type if there is none.
struct PairOf {
    template <class... M> constexpr auto operator()(M&...) const { return std::false_type(); }
    template <class V, std::same_as<int> I>
        requires Builtin<std::pair<V, I>>
    constexpr auto operator()(V&, I&) const { return std::type_identity<std::pair<V, I>>(); }
};

/// Returns the pair of MPI's as which a `T` is laid out, as its std::type_identity; std::false_type if there is none.
template <class T> consteval auto pair_layout() {
    if constexpr (Builtin<T>) {
        return std::type_identity<T>();
    } else if constexpr (requires { datatype_traits<T>::is_reflected; }) {
        using Pair = decltype(with_members(std::declval<T&>(), PairOf()));
        if constexpr (std::is_same_v<Pair, std::false_type>)
            return std::false_type();
        else if constexpr (sizeof(T) == sizeof(typename Pair::type))
            return Pair();
        else
            return std::false_type();
    } else {
        return std::false_type();
    }
}

// Asked by type: with -fsanitize=undefined, g++ takes no comparison of a function's address for a constant.
template <class T> inline constexpr bool is_laid_out_as_pair = !std::is_same_v<decltype(pair_layout<T>()), std::false_type>;

template <class T> consteval ElementType::Get pair_of() {
    if constexpr (is_laid_out_as_pair<T>)
        return &datatype_traits<typename decltype(pair_layout<T>())::type>::get;
    else
        return nullptr;
}

template <class T> consteval ElementType describe_element() {
    using Number = typename ArrayOf<T>::Number;
    ElementType::Get number = nullptr;
    if constexpr (!std::is_same_v<Number, T> && !std::is_class_v<Number>)
        number = &datatype_traits<Number>::get;
    return {type_name<T>(), number, static_cast<Count>(ArrayOf<T>::size), std::is_class_v<T> ? pair_of<T>() : nullptr, std::is_same_v<Number, bool>};
}

template <class T> inline constexpr ElementType described_element = describe_element<T>();

/// Returns the description of element type `T`; null for numbers, which predefined operations take as they are.
template <class T> constexpr const ElementType* element_type() noexcept {
    if constexpr (std::is_array_v<T> || std::is_same_v<T, bool> || (std::is_class_v<T> && !type_name<T>().starts_with("std::complex<")))
        return &described_element<T>;
    else
        return nullptr;
}

}  // namespace MPI4CXX::detail
