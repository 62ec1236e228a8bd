#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

#include <sched.h>

namespace MPI4CXX::detail {

/// Backoff of a polling loop. It polls at once first, then yields to other processes, then sleeps for a fraction of the time waited so far, but never
/// longer than `most`. So an event that comes late is seen only a few percent later.
class Backoff {
public:
    using Clock = std::chrono::steady_clock;

    explicit Backoff(Clock::duration most, int looks = 30, Clock::duration yields = std::chrono::milliseconds(1)) noexcept
        : polls_(looks), yield_time_(yields), longest_sleep_(most) {}

    void reset() noexcept {
        misses_ = 0;
        since_ = {};
    }
    void pause(Clock::time_point deadline = Clock::time_point::max()) {
        if (++misses_ <= polls_)
            return;
        const auto now = Clock::now();
        if (since_ == Clock::time_point())
            since_ = now;
        const auto waited = now - since_;
        if (waited < yield_time_) {
            sched_yield();
            return;
        }
        misses_ = polls_ - 2;  // MPI may report a message only at the second poll
        std::this_thread::sleep_for(
            std::min({longest_sleep_, std::max<Clock::duration>(waited / 16, std::chrono::microseconds(20)), deadline - now}));
    }
    [[nodiscard]] bool is_asleep() const noexcept { return since_ != Clock::time_point() && Clock::now() - since_ >= yield_time_; }

private:
    int polls_;
    int misses_ = 0;
    Clock::duration yield_time_, longest_sleep_;
    Clock::time_point since_{};
};

}  // namespace MPI4CXX::detail
