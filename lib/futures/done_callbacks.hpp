#pragma once

#include <mpi4cxx/detail/futures/work_item.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace MPI4CXX::futures::detail {

/// The callbacks of one future that is done, in the order in which they were added. The results of all futures that were done at the
/// same time have been stored and accounted for before one of them runs.
class DoneCallbacks {
public:
    DoneCallbacks() noexcept = default;
    DoneCallbacks(Callback* first, std::shared_ptr<ExecutorState> executor) noexcept;
    DoneCallbacks(DoneCallbacks&& other) noexcept : first_(std::exchange(other.first_, nullptr)), executor_(std::move(other.executor_)) {}
    DoneCallbacks& operator=(DoneCallbacks other) noexcept {
        std::swap(first_, other.first_);
        std::swap(executor_, other.executor_);
        return *this;
    }
    ~DoneCallbacks();

    [[nodiscard]] bool is_empty() const noexcept { return first_ == nullptr; }
    /// Runs them. One that throws is reported on standard error, and those behind it run all the same.
    void run() noexcept;
    /// Those that have not begun.
    [[nodiscard]] DoneCallbacks split() noexcept { return {std::exchange(first_, nullptr), executor_}; }

private:
    Callback* first_ = nullptr;
    std::shared_ptr<ExecutorState> executor_;
};

/// Runs one; what it throws is reported on standard error.
void run_safely(Callback& callback) noexcept;

/// Whether this thread runs a callback.
[[nodiscard]] bool in_callback() noexcept;

/// Runs them at once, or where this thread is in a callback already, when that is over or waits.
void run_callbacks(DoneCallbacks callbacks);
/// Leaves them to whoever comes to run_posted() next.
void post_callbacks(std::vector<DoneCallbacks> callback_lists);
/// Runs what was posted; whether there was anything. A callback that waits must not: what it runs could wait for the callback. It has
/// another thread do so, unless `is_alone`: where no other thread may use MPI.
bool run_posted_callbacks(bool is_alone);

}  // namespace MPI4CXX::futures::detail
