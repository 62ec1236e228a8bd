// Queues of a worker pool, received results, and failure. worker_pool_dispatch.cpp sends the tasks.
#include "futures/worker_pool.hpp"

#include <mpi4cxx/detail/futures/map_state.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/futures/errors.hpp>

#include "futures/exceptions.hpp"
#include "futures/executor_state.hpp"
#include "futures/pool_progress.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace MPI4CXX::futures::detail {

namespace {

constexpr std::size_t trace_size = 1 << 17;

std::string message_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what() != nullptr ? e.what() : "";
    } catch (...) {
        return "unknown";
    }
}

/// Ends all items with `end`, then runs their callbacks.
template <class Items, class F> void end_all(const Items& items, F end) {
    std::vector<DoneCallbacks> callback_lists;
    callback_lists.reserve(items.size());
    for (const Ref<WorkItem>& work : items) callback_lists.push_back(end(*work));
    for (DoneCallbacks& callbacks : callback_lists) run_callbacks(std::move(callbacks));
}

/// Calls `f`. An exception means that MPI has failed and the pool is broken.
template <class F> void try_to(F f, std::exception_ptr& failure) {
    try {
        f();
    } catch (...) {
        failure = std::make_exception_ptr(BrokenExecutor("the pool is broken: " + message_of(std::current_exception())));
    }
}

}  // namespace

WorkerPool::WorkerPool(std::unique_ptr<ManagerTransport> transport, bool is_private)
    : transport_(std::move(transport)), is_private_(is_private), workers_(static_cast<std::size_t>(transport_->size())) {
    for (int worker = size(); worker > 0; --worker) ready_.push_back(worker - 1);  // worker 0 is taken first
    idle_workers_ = size();
}

WorkerPool::~WorkerPool() = default;

void WorkerPool::add_executor(std::shared_ptr<ExecutorState> executor) {
    std::vector<std::shared_ptr<ExecutorState>> gone;  // closed executors for which nobody waited
    std::vector<Ref<WorkItem>> late;
    {
        const std::lock_guard lock(queue_mutex_);
        std::erase_if(executors_, [&gone](auto& one) { return one->closed && one->is_finished() && (gone.push_back(std::move(one)), true); });
        if (is_broken_)
            take_queues(*executor, late);
        queued_.fetch_add(executor->left(), std::memory_order_seq_cst);
        executors_.push_back(std::move(executor));
    }
    end_all(late, [this](WorkItem& work) { return work.abandon(broken_); });
    send_to_idle_workers();
    wake_progress_thread();
}

void WorkerPool::count_initialized(ExecutorState& executor) {
    std::size_t left = 0;
    {
        const std::lock_guard lock(queue_mutex_);
        left = --executor.uninitialized == 0 ? executor.left() : 0;
    }
    if (left != 0)
        add_queued(left);
}

void WorkerPool::add(Ref<WorkItem> work, int worker) {
    ExecutorState& executor = *work->executor;
    {
        const std::lock_guard lock(queue_mutex_);
        if (!executor.is_broken && !is_broken_ && !ended_) {
            executor.pinned_left += worker >= 0 ? 1 : 0;
            executor.queue(*work, worker).push_back(std::move(work));
        }
    }
    if (work) {  // NOLINT(bugprone-use-after-move): null where it was moved
        return run_callbacks(work->abandon(executor.is_broken ? executor.broken
                                           : is_broken_       ? broken_
                                                              : std::make_exception_ptr(BrokenExecutor("the workers are gone"))));
    }
    queued_.fetch_add(1, std::memory_order_seq_cst);
    send_to_idle_workers();
    wake_progress_thread();
}

void WorkerPool::add_queued(std::size_t more) {
    {
        const std::lock_guard lock(queue_mutex_);  // dispatch() may have counted before there was more, and be about to store its count
        queued_.fetch_add(more, std::memory_order_seq_cst);
    }
    send_to_idle_workers();
    wake_progress_thread();
}

void WorkerPool::send_to_idle_workers() {
    if (idle_workers_.load(std::memory_order_relaxed) == 0 || !progress_mutex_.try_lock())
        return;
    std::exception_ptr failure;
    std::vector<Ref<WorkItem>> taken;  // freed outside the locks
    {
        const std::lock_guard lock(progress_mutex_, std::adopt_lock);
        if (!is_broken_ && !ended_)
            try_to([&] { dispatch(taken); }, failure);
    }
    if (failure != nullptr)
        fail(failure);
}

bool WorkerPool::make_progress() {
    if (!progress_mutex_.try_lock())
        return false;
    bool moved = false;
    std::exception_ptr failure;
    std::vector<ResultMessage> messages;
    std::vector<Completed> results;
    std::vector<Ref<WorkItem>> taken;  // freed outside the locks
    {
        const std::lock_guard lock(progress_mutex_, std::adopt_lock);
        if (is_broken_ || ended_)
            return false;
        try_to(
            [&] {
                for (ResultMessage message; messages.size() < 16 && transport_->poll(message);) {
                    messages.push_back(std::move(message));
                    unpack_results(messages.back(), results);
                }
                moved = !messages.empty();
                if (queued_.load(std::memory_order_relaxed) != 0)
                    moved |= dispatch(taken);
                moved |= transport_->complete_sends();
            },
            failure);
    }
    if (!results.empty())
        record_trace(results);
    std::vector<DoneCallbacks> callback_lists;
    for (Completed& result : results)
        if (DoneCallbacks callbacks = deliver(result); !callbacks.is_empty())
            callback_lists.push_back(std::move(callbacks));
    post_callbacks(std::move(callback_lists));
    in_flight_count_.fetch_sub(results.size(), std::memory_order_release);
    if (failure != nullptr)
        fail(failure);
    return moved;
}

// Results ------------------------------------------------------------------------------------------------------------------

void WorkerPool::unpack_results(const ResultMessage& message, std::vector<Completed>& results) {
    Unpacking from(message.bytes);
    Worker& worker = workers_[static_cast<std::size_t>(message.worker)];
    while (from.remaining() != 0) {
        const auto* const header = reinterpret_cast<const ResultHeader*>(from.take(sizeof(ResultHeader)));
        const std::byte* const values = from.take(header->values);
        const std::byte* const error = from.take(header->error);
        from.take(std::min(-(header->values + header->error) & 15, from.remaining()));
        InFlight& in_flight = in_flight_.at(header->id);
        if (!in_flight.work)
            throw Exception(MPI_ERR_OTHER, "futures", "a worker has sent the result of a task that it does not have", mpi4cxx::detail::nowhere);
        const double seconds = 1e-9 * static_cast<double>(header->duration);
        // A shorter time gets more weight, because the first calls take longer than later ones.
        worker.seconds = worker.seconds < 0         ? seconds
                         : seconds < worker.seconds ? (worker.seconds + seconds) / 2
                                                    : worker.seconds + (seconds - worker.seconds) / 8;
        worker.bytes -= in_flight.bytes;
        if (--worker.tasks == 0)
            idle_workers_.fetch_add(1, std::memory_order_relaxed);
        results.push_back({std::move(in_flight), header, {values, header->values}, {error, header->error}});
        free_.push_back(header->id);
    }
    mark_ready(message.worker);
}

void WorkerPool::record_trace(const std::vector<Completed>& results) {
    const std::lock_guard lock(queue_mutex_);
    for (const auto& [in_flight, header, values, error] : results) {
        const TraceEvent event{in_flight.work->executor->own_number,
                               in_flight.work->function,
                               in_flight.taken.number,
                               in_flight.taken.count,
                               static_cast<std::int64_t>(header->begin) + transport_->clock_offset(in_flight.worker),
                               static_cast<std::int64_t>(header->duration),
                               in_flight.worker};
        if (trace_.size() < trace_size)
            trace_.push_back(event);
        else
            trace_[oldest_++ % trace_size] = event;
    }
}

DoneCallbacks WorkerPool::deliver(Completed& result) {
    const ResultHeader& header = *result.header;
    InFlight& in_flight = result.in_flight;
    std::exception_ptr error;
    if (!result.error.empty()) {
        try {
            Unpacking packed(result.error);
            error = unpack_exception(packed);
        } catch (...) {
            error = std::current_exception();
        }
    }
    Unpacking values(result.values);
    return in_flight.work->deliver(in_flight.taken, header.done, values, std::move(error), 1e-9 * static_cast<double>(header.duration));
}

void WorkerPool::mark_ready(int worker) {
    if (!std::exchange(workers_[static_cast<std::size_t>(worker)].is_ready, true))
        ready_.push_back(worker);
}

std::vector<TraceEvent> WorkerPool::take_trace(const ExecutorState& executor) {
    const std::lock_guard lock(queue_mutex_);
    std::vector<TraceEvent> events;
    std::erase_if(trace_, [&](const TraceEvent& event) { return event.executor == executor.own_number && (events.push_back(event), true); });
    oldest_ = 0;
    return events;
}

// The end ------------------------------------------------------------------------------------------------------------------

void WorkerPool::take_queues(ExecutorState& executor, std::vector<Ref<WorkItem>>& to) {
    const auto take = [&to](ExecutorState::Queue& queue) {
        std::move(queue.begin(), queue.end(), std::back_inserter(to));
        queue.clear();
    };
    take(executor.tasks);
    take(executor.maps);
    std::for_each(executor.initializers.begin(), executor.initializers.end(), take);
    std::for_each(executor.pinned.begin(), executor.pinned.end(), take);
    executor.initializers_left = executor.pinned_left = 0;
}

void WorkerPool::cancel(ExecutorState& executor) {
    std::vector<Ref<WorkItem>> all;
    {
        const std::lock_guard lock(queue_mutex_);
        take_queues(executor, all);
    }
    end_all(all, [](WorkItem& work) { return work.cancel_rest(); });
}

void WorkerPool::cut_inputs_off(ExecutorState& executor) {
    ExecutorState::Queue maps;
    {
        const std::lock_guard lock(queue_mutex_);
        maps = executor.maps;
    }
    end_all(maps, [](WorkItem& work) { return static_cast<MapState&>(work).cut_off(); });
    const std::lock_guard lock(queue_mutex_);
    std::erase_if(executor.maps, [](const auto& map) { return map->is_taken(); });
}

void WorkerPool::fail(ExecutorState& executor, const std::exception_ptr& error) {
    std::vector<Ref<WorkItem>> all;
    {
        const std::lock_guard lock(queue_mutex_);
        if (executor.is_broken)
            return;
        executor.broken = std::make_exception_ptr(BrokenExecutor("the initializer failed: " + message_of(error)));
        executor.is_broken = true;
        take_queues(executor, all);
    }
    end_all(all, [&executor](WorkItem& work) { return work.abandon(executor.failure()); });
}

void WorkerPool::fail(const std::exception_ptr& error) noexcept {
    std::vector<Ref<WorkItem>> all;
    {
        const std::lock_guard progress_lock(progress_mutex_);
        const std::lock_guard lock(queue_mutex_);
        if (is_broken_)
            return;
        broken_ = error;
        is_broken_ = true;
        for (InFlight& in_flight : in_flight_)
            if (in_flight.work)
                all.push_back(std::move(in_flight.work));
        in_flight_count_.fetch_sub(all.size(), std::memory_order_relaxed);
        for (const auto& executor : executors_) take_queues(*executor, all);
        queued_ = 0;
    }
    end_all(all, [&error](WorkItem& work) { return work.abandon(error); });
}

bool WorkerPool::has_callbacks() {
    const std::lock_guard lock(queue_mutex_);
    return std::any_of(executors_.begin(), executors_.end(),
                       [](const auto& executor) { return executor->callback_lists.load(std::memory_order_acquire) != 0; });
}

void WorkerPool::end() {
    std::vector<std::shared_ptr<ExecutorState>> executors;  // each holds this pool
    wait_until([this] { return (is_idle() || is_broken_) && (in_callback() || !has_callbacks()); }, Timeout::Clock::time_point::max());
    unregister_pool(*this);
    const std::lock_guard progress_lock(progress_mutex_);
    {
        const std::lock_guard lock(queue_mutex_);
        if (std::exchange(ended_, true))
            return;
        executors_.swap(executors);
    }
    transport_->stop();
}

}  // namespace MPI4CXX::futures::detail
