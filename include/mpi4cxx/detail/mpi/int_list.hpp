#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <initializer_list>
#include <span>

namespace MPI4CXX::detail {

/// Ints that live as long as the call: a range, or a list in braces, which std::span does not take.
struct IntList : std::span<const int> {
    using std::span<const int>::span;
    constexpr IntList(std::span<const int> range) noexcept : span(range) {}  // clang does not inherit this one
    constexpr IntList(std::initializer_list<int> list) noexcept : std::span<const int>(list.begin(), list.size()) {}
    [[nodiscard]] int length() const noexcept { return static_cast<int>(size()); }
    /// Returns an address that is never null: MPICH refuses null even for an empty list.
    [[nodiscard]] const int* data() const noexcept {
        static constexpr int nothing = 0;
        return empty() ? &nothing : span::data();
    }
};

}  // namespace MPI4CXX::detail
