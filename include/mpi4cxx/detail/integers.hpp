#pragma once

#include <mpi4cxx/detail/call.hpp>

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <type_traits>
#include <utility>

namespace mpi4cxx::detail {

template <class R> using element_of = std::remove_pointer_t<decltype(std::data(std::declval<R&>()))>;

/// Elements in a row with a count: arrays, std::vector, std::array, std::span, std::string, …
template <class R>
concept Contiguous = requires(R& range) {
    requires std::is_pointer_v<decltype(std::data(range))>;
    std::size(range);
};

/// A range of counts or displacements, of any integer type as wide as int or as Count, or a list in braces.
struct Integers {
    const void* data = nullptr;
    std::size_t size = 0;
    bool wide = false;

    Integers() noexcept = default;
    Integers(std::initializer_list<MPI_Count> list) noexcept : data(std::data(list)), size(list.size()), wide(true) {}
    template <Contiguous R>
        requires(std::is_integral_v<element_of<const R>> &&
                 (sizeof(element_of<const R>) == sizeof(int) || sizeof(element_of<const R>) == sizeof(MPI_Count)))
    Integers(const R& range) : data(std::data(range)), size(std::size(range)), wide(sizeof(element_of<const R>) == sizeof(MPI_Count)) {}

    [[nodiscard]] MPI_Count operator[](std::size_t i) const noexcept {
        return wide ? static_cast<const MPI_Count*>(data)[i] : static_cast<const int*>(data)[i];
    }
    template <class Wide> [[nodiscard]] Lengths<Wide> lengths() const noexcept {
        return wide ? Lengths<Wide>(static_cast<const Wide*>(data)) : Lengths<Wide>(static_cast<const int*>(data));
    }
};

}  // namespace mpi4cxx::detail
