// Where the objects of pending operations go.
#pragma once

#include <mpi4cxx/detail/objects/packing.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

/// Returns T{}, for a receive that brings no object. Throws std::invalid_argument if `T` has no default constructor.
template <class T> T nothing() {
    if constexpr (std::is_default_constructible_v<T>)
        return T{};
    else
        Packing::refuse("nothing has come, and of this type there is no object that stands for nothing: it has no default constructor");
}

/// The type that a pending operation delivers an object to: `T`, or std::optional<T> if `T` has no default constructor.
template <class T> using DeliveryTarget = std::conditional_t<std::is_default_constructible_v<T>, T, std::optional<T>>;

/// Returns the object that has been delivered.
template <class T> T delivered(DeliveryTarget<T>&& object) {
    if constexpr (std::is_same_v<DeliveryTarget<T>, T>)
        return std::move(object);
    else
        return object ? std::move(*object) : nothing<T>();
}

}  // namespace MPI4CXX::detail
