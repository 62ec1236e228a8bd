#pragma once

#include <initializer_list>
#include <span>

namespace mpi4cxx::detail {

/// Ints for the length of a call: a range of them, or a list in braces, which std::span does not take.
struct Ints : std::span<const int> {
    using std::span<const int>::span;
    Ints(std::initializer_list<int> list) noexcept : std::span<const int>(list.begin(), list.size()) {}
};

}  // namespace mpi4cxx::detail
