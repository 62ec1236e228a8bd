#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <chrono>

namespace MPI4CXX::futures {

/// How long to wait: a number of seconds or any std::chrono duration. A default-constructed timeout waits for ever.
class Timeout {
public:
    /// The clock that measures the time.
    using Clock = std::chrono::steady_clock;

    constexpr Timeout() noexcept = default;
    constexpr Timeout(double seconds) noexcept : time_(seconds), is_set_(true) {}
    template <class Rep, class Period> constexpr Timeout(std::chrono::duration<Rep, Period> time) noexcept : time_(time), is_set_(true) {}

    /// Return the time at which a wait that begins now ends.
    [[nodiscard]] Clock::time_point deadline() const {
        constexpr std::chrono::duration<double> year = std::chrono::hours(24 * 365);
        if (!is_set_ || time_ > year)
            return Clock::time_point::max();
        return Clock::now() + std::chrono::duration_cast<Clock::duration>(time_);
    }

private:
    std::chrono::duration<double> time_{};
    bool is_set_ = false;
};

}  // namespace MPI4CXX::futures
