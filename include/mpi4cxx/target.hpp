#pragma once

#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/datatype.hpp>

#include <concepts>

namespace MPI4CXX {

/// Where a one-sided call works in the window of the target process: `{}` is its beginning; a displacement; `{displacement, count}` of elements like
/// those of the origin; or `{displacement, count, datatype}`. Displacements are in elements of a typed window, else in displacement units. In a
/// dynamic window they are addresses.
struct Target {
    Aint displacement = 0;
    Count count = -1;                       ///< -1: as many as the origin has
    MPI_Datatype type = MPI_DATATYPE_NULL;  ///< null: that of the origin

    constexpr Target() noexcept = default;
    template <std::integral D> constexpr Target(D displ) noexcept : displacement(static_cast<Aint>(displ)) {}
    template <std::integral D, std::integral N> constexpr Target(D displ, N n) noexcept
        : displacement(static_cast<Aint>(displ)), count(static_cast<Count>(n)) {}
    template <std::integral D, std::integral N> Target(D displ, N n, const Datatype& datatype) noexcept
        : displacement(static_cast<Aint>(displ)), count(datatype.is_null() ? of_null_type : static_cast<Count>(n)), type(datatype.handle()) {}

    /// Whether count and datatype are those of the origin.
    [[nodiscard]] constexpr bool is_like_origin() const noexcept { return count == -1 && type == MPI_DATATYPE_NULL; }

    /// The count of a target whose datatype was given, but null: the call refuses it.
    static constexpr Count of_null_type = -2;
};

}  // namespace MPI4CXX
