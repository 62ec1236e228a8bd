#pragma once

#include <mpi4cxx/detail/futures/work_item.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace MPI4CXX::futures::detail {

/// The callbacks of one future that is done, in the order in which they were added. Before the first callback runs, the results of all futures that
/// completed together have been stored and counted.
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
    /// Runs the callbacks. An exception of a callback is reported on standard error, and the next ones still run.
    void run() noexcept;
    /// Removes the callbacks that have not begun, and returns them.
    [[nodiscard]] DoneCallbacks split() noexcept { return {std::exchange(first_, nullptr), executor_}; }

private:
    Callback* first_ = nullptr;
    std::shared_ptr<ExecutorState> executor_;
};

/// Runs one callback; reports its exception on standard error.
void run_safely(Callback& callback) noexcept;

/// Returns whether this thread is running a callback.
[[nodiscard]] bool in_callback() noexcept;

/// Runs the callbacks at once. If this thread is in a callback already, they run when that callback ends or waits.
void run_callbacks(DoneCallbacks callbacks);
/// Leaves the callbacks to the next call of run_posted_callbacks().
void post_callbacks(std::vector<DoneCallbacks> callback_lists);
/// Runs the posted callbacks; returns whether there were any. A callback that waits must not run them, since they could wait for that callback; a
/// helper thread runs them instead. Not if `is_only_mpi_thread`, which means that no other thread may use MPI.
bool run_posted_callbacks(bool is_only_mpi_thread);

}  // namespace MPI4CXX::futures::detail
