#pragma once

#include <mpi4cxx/detail/futures/work_item.hpp>
#include <mpi4cxx/futures/options.hpp>

#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace MPI4CXX::futures::detail {

class WorkerPool;

/// The state of an executor: its queues of work for a worker pool, and counts of what is not done.
class ExecutorState {
public:
    ExecutorState(std::shared_ptr<WorkerPool> the_crew, PoolOptions the_options, int the_workers)
        : pool(std::move(the_crew)), options(std::move(the_options)), workers(the_workers), initializers(static_cast<std::size_t>(the_workers)),
          pinned(static_cast<std::size_t>(the_workers)) {}

    using Queue = std::deque<Ref<WorkItem>>;

    Queue& queue(const WorkItem& work, int worker) {
        return worker >= 0 ? pinned[static_cast<std::size_t>(worker)] : work.is_single() ? tasks : maps;
    }
    /// Returns the queues from which this worker may take. Until all initializers have run, this is only the queue of initializers.
    std::array<Queue*, 3> queues(int worker) {
        const auto w = static_cast<std::size_t>(worker);
        if (uninitialized != 0)
            return {&initializers[w], nullptr, nullptr};
        return {&pinned[w], &tasks, &maps};
    }
    /// Returns about how many messages are waiting.
    [[nodiscard]] std::size_t left() const {
        if (uninitialized != 0)
            return initializers_left;
        std::size_t left = tasks.size() + pinned_left;
        for (const auto& map_state : maps) left += map_state->left(workers);
        return left;
    }
    /// Counts a work item that was removed from the queue `from`.
    void count_taken(const Queue* from) noexcept {
        if (from != &tasks && from != &maps)
            --(uninitialized != 0 ? initializers_left : pinned_left);
    }

    const std::shared_ptr<WorkerPool> pool;
    const PoolOptions options;
    const int workers;
    const std::uint64_t own_number = ++last_number;  // an address may be that of an earlier executor

    /// Returns the reason if the executor is broken, else null.
    [[nodiscard]] std::exception_ptr failure() const { return is_broken ? broken : nullptr; }

    // protected by the lock of the pool's queues
    Queue tasks;
    Queue maps;
    std::vector<Queue> initializers, pinned;  // one queue for each worker
    std::size_t initializers_left = 0, pinned_left = 0;
    std::size_t uninitialized = 0;  // workers whose initializer has not succeeded yet
    std::exception_ptr broken;      // written once, before is_broken is set
    std::atomic<bool> is_broken{false};

    /// Returns whether all work is done and its callbacks have run.
    [[nodiscard]] bool is_finished() const noexcept {
        const auto has_pending = [this] { return pending.load(std::memory_order_acquire) != 0; };
        return !has_pending() && callback_lists.load(std::memory_order_acquire) == 0 && !has_pending();  // a callback may have submitted more work
    }

    std::atomic<std::size_t> pending{0};         // work items that are not done
    std::atomic<std::size_t> callback_lists{0};  // lists of callbacks of finished work that have not run
    std::atomic<std::uint64_t> number{0};
    std::atomic<bool> closed{false};

private:
    static inline std::atomic<std::uint64_t> last_number{0};
};

}  // namespace MPI4CXX::futures::detail
