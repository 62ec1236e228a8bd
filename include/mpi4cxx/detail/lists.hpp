// Parameters that take several numbers or flags: any contiguous range, or a list in braces, which lives as long as the call.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <type_traits>

namespace mpi4cxx::detail {

class IntList : public std::span<const int> {
public:
    using std::span<const int>::span;
    constexpr IntList(std::initializer_list<int> list) noexcept : span(list.begin(), list.size()) {}
    [[nodiscard]] int length() const noexcept { return static_cast<int>(size()); }
    /// Never null, which MPICH refuses of nothing too.
    [[nodiscard]] const int* data() const noexcept {
        static constexpr int nothing = 0;
        return empty() ? &nothing : span::data();
    }
};

/// Extents of a grid, or how many there are.
class DimList : public IntList {
public:
    using IntList::IntList;
    constexpr DimList(std::initializer_list<int> list) noexcept : IntList(list) {}
    constexpr DimList(int free) noexcept : free_(free) {}
    [[nodiscard]] constexpr int free() const noexcept { return free_; }

private:
    int free_ = 0;
};

/// Flags as bool, or as the int that MPI gives back.
class BoolList {
public:
    constexpr BoolList() noexcept = default;
    constexpr BoolList(std::initializer_list<bool> list) noexcept : BoolList(std::span(list.begin(), list.size())) {}
    template <class R>
        requires std::is_convertible_v<const R&, std::span<const bool>>
    constexpr BoolList(const R& range) noexcept : BoolList(std::span<const bool>(range)) {}
    template <class R>
        requires std::is_convertible_v<const R&, std::span<const int>>
    constexpr BoolList(const R& range) noexcept : BoolList(std::span<const int>(range)) {}
    constexpr BoolList(std::span<const bool> range) noexcept : bools_(range.data()), size_(range.size()) {}
    constexpr BoolList(std::span<const int> range) noexcept : ints_(range.data()), size_(range.size()) {}

    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool operator[](std::size_t i) const noexcept { return ints_ != nullptr ? ints_[i] != 0 : bools_[i]; }

private:
    const bool* bools_ = nullptr;
    const int* ints_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace mpi4cxx::detail
