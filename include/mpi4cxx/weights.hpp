#pragma once

#include <mpi4cxx/detail/mpi/int_or_list.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX {

/// The weights of the edges of a distributed graph, one per edge: UNWEIGHTED if a graph has no weights, WEIGHTS_EMPTY if a process of a weighted
/// graph has no edges (MPI-4.0, 8.5.4). Lives as long as the call to which it is passed.
class Weights {
public:
    /// UNWEIGHTED.
    constexpr Weights() noexcept = default;
    template <class R>
        requires std::is_convertible_v<const R&, std::span<const int>>
    constexpr Weights(const R& range) noexcept : list_(std::span<const int>(range)), kind_(Kind::listed) {}
    constexpr Weights(std::initializer_list<int> list) noexcept : list_(list), kind_(Kind::listed) {}
    /// WEIGHTS_EMPTY.
    static constexpr Weights empty() noexcept { return Weights(Kind::empty); }

    /// Tell whether all edges are alike.
    [[nodiscard]] constexpr bool is_unweighted() const noexcept { return kind_ == Kind::none; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return list_.size(); }
    /// The weights in the form that MPI takes.
    [[nodiscard]] const int* data() const noexcept { return kind_ == Kind::none ? MPI_UNWEIGHTED : list_.empty() ? MPI_WEIGHTS_EMPTY : list_.data(); }

private:
    enum class Kind : char { none, empty, listed };
    explicit constexpr Weights(Kind kind) noexcept : kind_(kind) {}

    detail::IntList list_;
    Kind kind_ = Kind::none;
};

/// No weights: all edges are alike (MPI-4.0, 8.5.4).
inline constexpr Weights UNWEIGHTED;
/// The weights of no edges, in a graph that has some elsewhere (MPI-4.0, 8.5.4).
inline constexpr Weights WEIGHTS_EMPTY = Weights::empty();

}  // namespace MPI4CXX
