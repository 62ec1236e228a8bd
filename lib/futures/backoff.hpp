#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include "requests/backoff.hpp"

namespace MPI4CXX::futures::detail {

/// The backoff of this floor, which MPI4CXX_FUTURES_BACKOFF limits.
class Backoff : public mpi4cxx::detail::Backoff {
public:
    explicit Backoff(int looks = 30, Clock::duration yields = std::chrono::milliseconds(1)) noexcept
        : mpi4cxx::detail::Backoff(longest(), looks, yields) {}

    /// Returns MPI4CXX_FUTURES_BACKOFF in seconds; by default a millisecond.
    static Clock::duration longest() noexcept;
};

}  // namespace MPI4CXX::futures::detail
