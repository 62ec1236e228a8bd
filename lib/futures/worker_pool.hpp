#pragma once

#include <mpi4cxx/detail/futures/work_item.hpp>

#include "futures/done_callbacks.hpp"
#include "futures/executor_state.hpp"
#include "futures/trace.hpp"
#include "futures/transport.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace MPI4CXX::futures::detail {

/// The workers of one or more executors, and the work that is queued for them. A waiting thread makes progress; when no thread waits, the progress
/// thread does.
class WorkerPool {
public:
    /// `is_private`: the pool belongs to one executor, which ends it.
    WorkerPool(std::unique_ptr<ManagerTransport> transport, bool is_private);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(workers_.size()); }
    [[nodiscard]] ManagerTransport& transport() noexcept { return *transport_; }
    [[nodiscard]] bool is_private() const noexcept { return is_private_; }

    void add_executor(std::shared_ptr<ExecutorState> executor);
    /// Counts an initializer that has succeeded. Tasks may run after the last one.
    void count_initialized(ExecutorState& executor);
    /// Queues the work for `worker`, or for any worker.
    void add(Ref<WorkItem> work, int worker);
    /// Counts `more` messages that can be taken from work in the queues.
    void add_queued(std::size_t more);

    /// Receives results, posts their callbacks, and sends tasks. Returns whether there was anything to do. Does nothing if another thread is at it.
    bool make_progress();
    /// Sends tasks if a worker is idle.
    void send_to_idle_workers();
    /// Cancels the work that no worker has yet.
    void cancel(ExecutorState& executor);
    /// Has the maps of an executor read no more inputs.
    void cut_inputs_off(ExecutorState& executor);
    /// Ends all pending work of an executor whose initializer has failed.
    void fail(ExecutorState& executor, const std::exception_ptr& error);
    /// Waits until nothing is pending, then stops the workers.
    void end();

    [[nodiscard]] bool is_idle() const noexcept {
        return queued_.load(std::memory_order_acquire) == 0 && in_flight_count_.load(std::memory_order_relaxed) == 0;
    }

    /// Returns what the workers have done since the last call.
    std::vector<TraceEvent> take_trace(const ExecutorState& executor);

private:
    struct Worker {
        int tasks = 0;          // tasks that were sent and are not done
        std::size_t bytes = 0;  // size of these tasks
        double seconds = -1;    // estimated time of a task
        bool is_ready = true;   // is in ready_
    };
    struct InFlight {
        Ref<WorkItem> work;
        WorkItem::Portion taken;
        int worker = 0;
        std::size_t bytes = 0;
    };
    struct Completed {
        InFlight in_flight;
        const ResultHeader* header;
        std::span<const std::byte> values, error;
    };

    void unpack_results(const ResultMessage& message, std::vector<Completed>& results);
    void record_trace(const std::vector<Completed>& results);
    [[nodiscard]] DoneCallbacks deliver(Completed& result);
    bool dispatch(std::vector<Ref<WorkItem>>& taken);
    bool send_tasks(int worker, std::size_t share, std::vector<Ref<WorkItem>>& taken);
    bool pack_next(int worker, Packing& to, std::vector<Ref<WorkItem>>& taken);
    [[nodiscard]] int room(const Worker& worker, const ExecutorState& executor) const noexcept;
    void mark_ready(int worker);
    void fail(const std::exception_ptr& error) noexcept;
    [[nodiscard]] bool has_callbacks();
    static void take_queues(ExecutorState& executor, std::vector<Ref<WorkItem>>& to);

    std::unique_ptr<ManagerTransport> transport_;
    bool is_private_;
    bool ended_ = false;

    std::mutex progress_mutex_;  // protects the transport and the tasks in flight
    std::vector<Worker> workers_;
    std::vector<int> ready_;  // workers that have room; the last one was busy most recently
    std::vector<InFlight> in_flight_;
    std::vector<std::uint64_t> free_;
    std::exception_ptr broken_;  // written once, before is_broken_ is set
    std::atomic<bool> is_broken_{false};

    std::mutex queue_mutex_;
    std::vector<std::shared_ptr<ExecutorState>> executors_;
    std::size_t next_executor_ = 0;
    std::vector<TraceEvent> trace_;
    std::size_t oldest_ = 0;

    std::atomic<std::size_t> queued_{0};  // about how many messages are waiting
    std::atomic<std::size_t> in_flight_count_{0};
    std::atomic<int> idle_workers_{0};  // workers without tasks
};

}  // namespace MPI4CXX::futures::detail
