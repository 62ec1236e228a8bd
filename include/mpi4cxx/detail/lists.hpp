// Parameters that take several flags or extents: any contiguous range, or a list in braces, which lives as long as the call.
#pragma once

#include <mpi4cxx/detail/ints.hpp>

#include <cstddef>
#include <type_traits>

namespace mpi4cxx::detail {

/// Extents of a grid, or how many there are.
class Extents : public Ints {
public:
    using Ints::Ints;
    constexpr Extents(std::initializer_list<int> list) noexcept : Ints(list) {}
    constexpr Extents(int free) noexcept : free_(free) {}
    [[nodiscard]] constexpr int free() const noexcept { return free_; }

private:
    int free_ = 0;
};

/// Flags as bool, or as the int that MPI gives back.
class Flags {
public:
    constexpr Flags() noexcept = default;
    constexpr Flags(std::initializer_list<bool> list) noexcept : Flags(std::span(list.begin(), list.size())) {}
    template <class R>
        requires std::is_convertible_v<const R&, std::span<const bool>>
    constexpr Flags(const R& range) noexcept : Flags(std::span<const bool>(range)) {}
    template <class R>
        requires std::is_convertible_v<const R&, std::span<const int>>
    constexpr Flags(const R& range) noexcept : Flags(std::span<const int>(range)) {}
    constexpr Flags(std::span<const bool> range) noexcept : bools_(range.data()), size_(range.size()) {}
    constexpr Flags(std::span<const int> range) noexcept : ints_(range.data()), size_(range.size()) {}

    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool operator[](std::size_t i) const noexcept { return ints_ != nullptr ? ints_[i] != 0 : bools_[i]; }

private:
    const bool* bools_ = nullptr;
    const int* ints_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace mpi4cxx::detail
