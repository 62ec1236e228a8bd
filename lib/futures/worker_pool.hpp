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

/// The workers of one or more executors, and what they have to do. Whoever waits drives it; where nobody waits, a thread does.
class WorkerPool {
public:
    /// `is_private`: of one executor, which ends it.
    WorkerPool(std::unique_ptr<ManagerTransport> transport, bool is_private);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    [[nodiscard]] int size() const noexcept { return static_cast<int>(workers_.size()); }
    [[nodiscard]] ManagerTransport& transport() noexcept { return *transport_; }
    [[nodiscard]] bool is_private() const noexcept { return is_private_; }

    void add_executor(std::shared_ptr<ExecutorState> executor);
    /// One initializer more has succeeded: after the last, tasks may run.
    void count_initialized(ExecutorState& executor);
    /// Queues it: for `worker`, or for any of its client's.
    void add(Ref<WorkItem> work, int worker);
    /// Something that is queued has more to take.
    void add_queued(std::size_t more);

    /// Takes results, posts what is to run then, and sends tasks; whether there was anything to do. Nothing where another thread is at it.
    bool make_progress();
    /// Sends tasks if a worker has nothing to do.
    void send_to_idle_workers();
    /// Cancels what no worker has yet.
    void cancel(ExecutorState& executor);
    /// Ends all that is pending of a client whose initializer has failed: no more can be done.
    void fail(ExecutorState& executor, const std::exception_ptr& error);
    /// Waits until nothing is pending and lets the workers go.
    void end();

    [[nodiscard]] bool is_idle() const noexcept {
        return queued_.load(std::memory_order_relaxed) == 0 && in_flight_count_.load(std::memory_order_relaxed) == 0;
    }

    /// What the workers have done since this was last called.
    std::vector<TraceEvent> take_trace(const ExecutorState& executor);

private:
    struct Worker {
        int tasks = 0;          // messages' tasks that it has
        std::size_t bytes = 0;  // of these
        double seconds = -1;    // that a task takes, about
        bool is_ready = true;   // on the list
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

    std::mutex progress_mutex_;  // of the link and of what is under way
    std::vector<Worker> workers_;
    std::vector<int> ready_;  // who has room; the last one has been at work last
    std::vector<InFlight> in_flight_;
    std::vector<std::uint64_t> free_;
    std::exception_ptr broken_;  // written once, before is_broken_
    std::atomic<bool> is_broken_{false};

    std::mutex queue_mutex_;
    std::vector<std::shared_ptr<ExecutorState>> executors_;
    std::size_t next_executor_ = 0;
    std::vector<TraceEvent> trace_;
    std::size_t oldest_ = 0;

    std::atomic<std::size_t> queued_{0};  // about how many messages wait
    std::atomic<std::size_t> in_flight_count_{0};
    std::atomic<int> idle_workers_{0};  // workers that have nothing to do
};

}  // namespace MPI4CXX::futures::detail
