// Lists of counts or displacements, as parameters.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

namespace MPI4CXX::detail {

/// A range whose elements lie in one piece of memory and can be counted: an array, std::vector, std::array, std::span, std::string, … A class that
/// merely has data() and size() is not one.
template <class R>
concept Contiguous = std::ranges::contiguous_range<R&> && std::ranges::sized_range<R&>;

template <class R> using element_of = std::remove_reference_t<std::ranges::range_reference_t<R&>>;

/// Returns the number of elements in memory. size() may differ: for a matrix it may be the number of rows.
template <Contiguous R> constexpr std::size_t length_of(R& range) {
    if constexpr (std::sized_sentinel_for<std::ranges::sentinel_t<R&>, std::ranges::iterator_t<R&>>)
        return static_cast<std::size_t>(std::ranges::end(range) - std::ranges::begin(range));
    else
        return static_cast<std::size_t>(std::ranges::size(range));
}

/// Throws std::invalid_argument, because a count or displacement is more than an int holds, or than a Count if `wide`.
[[noreturn, gnu::cold]] MPI4CXX_API void refuse_unsigned(unsigned long long value, bool wide, At at);

/// Counts or displacements: a range of any integer type as wide as int or as Count, or a list in braces. Unsigned ones are read as signed, so those
/// that are too large for that are refused.
struct CountList {
    const void* data = nullptr;
    std::size_t size = 0;
    bool wide = false;

    CountList() noexcept = default;
    CountList(std::initializer_list<MPI_Count> list) noexcept : data(std::data(list)), size(list.size()), wide(true) {}
    template <Contiguous R>
        requires(std::is_integral_v<element_of<const R>> &&
                 (sizeof(element_of<const R>) == sizeof(int) || sizeof(element_of<const R>) == sizeof(MPI_Count)))
    CountList(const R& range, At at = {})
        : data(std::ranges::data(range)), size(length_of(range)), wide(sizeof(element_of<const R>) == sizeof(MPI_Count)) {
        using T = std::remove_cv_t<element_of<const R>>;
        if constexpr (std::is_unsigned_v<T>)
            for (const T value : std::span(static_cast<const T*>(data), size))
                if (value > static_cast<T>(std::numeric_limits<std::make_signed_t<T>>::max())) [[unlikely]]
                    refuse_unsigned(value, wide, at);
    }

    [[nodiscard]] MPI_Count operator[](std::size_t i) const noexcept {
        return wide ? static_cast<const MPI_Count*>(data)[i] : static_cast<const int*>(data)[i];
    }
    template <class Wide> [[nodiscard]] Lengths<Wide> lengths() const noexcept {
        return wide ? Lengths<Wide>(static_cast<const Wide*>(data)) : Lengths<Wide>(static_cast<const int*>(data));
    }
};

/// Counts or displacements that outlive the expression: an lvalue or a view, but not a list in braces.
struct StoredCountList : CountList {
    StoredCountList() noexcept = default;
    template <class R>
        requires std::is_constructible_v<CountList, R&> StoredCountList(R&& range, At at = {}) : CountList(range, at) {
            static_assert(std::is_lvalue_reference_v<R> || std::ranges::enable_borrowed_range<std::remove_cvref_t<R>>,
                          "mpi4cxx: these counts or displacements must outlive the buffer: they are a temporary");
        }
};

}  // namespace MPI4CXX::detail
