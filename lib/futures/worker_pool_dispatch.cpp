// Decides which tasks go to which worker, how many and when.
#include "futures/worker_pool.hpp"

#include <algorithm>
#include <utility>

namespace MPI4CXX::futures::detail {

namespace {

constexpr double service_time = 4e-6;           // seconds that the manager needs to serve a worker once, with a margin
constexpr double prefetch_time = 300e-6;        // a worker has tasks for this many seconds in advance, longer than the manager is away
constexpr int most_tasks = 512;                 // at most so many in advance, so that few tasks wait behind a long one
constexpr double long_task = 50e-3;             // seconds; a worker with longer tasks has one at a time, since another message costs little then
constexpr std::size_t message_size = 64 << 10;  // a message is sent when it has this many bytes
constexpr std::size_t most_bytes = 1 << 20;     // bytes that wait at a worker, unless a single task is larger

}  // namespace

int WorkerPool::room(const Worker& worker, const ExecutorState& executor) const noexcept {
    if (worker.tasks > 0 && worker.bytes >= most_bytes)
        return 0;
    if (executor.options.prefetch > 0)
        return executor.options.prefetch - worker.tasks;
    if (worker.seconds < 0 || worker.seconds > long_task)
        return 1 - worker.tasks;
    return std::clamp(static_cast<int>(std::max(prefetch_time, service_time * size()) / std::max(worker.seconds, 1e-9)), 2, most_tasks) -
           worker.tasks;
}

bool WorkerPool::dispatch(std::vector<Ref<WorkItem>>& taken) {
    const std::lock_guard lock(queue_mutex_);
    bool moved = false;
    for (std::size_t i = ready_.size(); i > 0; --i) {
        std::size_t left = 0;
        for (const auto& executor : executors_) left += executor->left();
        queued_.store(left, std::memory_order_release);  // what was taken is counted as in flight before that
        if (left == 0)
            break;
        const int worker = ready_[i - 1];
        moved |= send_tasks(worker, std::max<std::size_t>(1, (left + i - 1) / i), taken);
        Worker& state = workers_[static_cast<std::size_t>(worker)];
        if (std::none_of(executors_.begin(), executors_.end(), [&](const auto& executor) { return room(state, *executor) > 0; })) {
            state.is_ready = false;
            ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(i - 1));
        }
    }
    return moved;
}

bool WorkerPool::send_tasks(int worker, std::size_t share, std::vector<Ref<WorkItem>>& taken) {
    bool moved = false;
    while (share > 0) {
        Packing to(Packing::Blocks::inside);
        std::size_t tasks = 0;
        while (tasks < share && to.bytes().size() < message_size && pack_next(worker, to, taken)) ++tasks;
        if (tasks == 0)
            break;
        transport_->send(worker, std::move(to));
        share -= tasks;
        moved = true;
    }
    return moved;
}

bool WorkerPool::pack_next(int worker, Packing& to, std::vector<Ref<WorkItem>>& finished_items) {
    Worker& state = workers_[static_cast<std::size_t>(worker)];
    const std::size_t before = to.size();
    for (std::size_t i = 0; i < executors_.size(); ++i) {
        ExecutorState& executor = *executors_[(next_executor_ + i) % executors_.size()];
        if (worker >= executor.workers || room(state, executor) <= 0)
            continue;
        if (free_.empty()) {
            free_.push_back(in_flight_.size());
            in_flight_.emplace_back();
        }
        const std::uint64_t id = free_.back();
        for (ExecutorState::Queue* const queue : executor.queues(worker)) {
            if (queue == nullptr)
                break;
            for (auto work = queue->begin(); work != queue->end();) {
                const WorkItem::Portion taken = (*work)->take(worker, executor.workers, id, to);
                Ref<WorkItem> current = *work;
                if (!current->is_taken()) {
                    ++work;
                } else {
                    executor.count_taken(queue);
                    finished_items.push_back(std::move(*work));
                    work = queue->erase(work);
                }
                if (taken.count == 0)
                    continue;
                free_.pop_back();
                in_flight_[id] = {std::move(current), taken, worker, to.size() - before};
                if (state.tasks++ == 0)
                    idle_workers_.fetch_sub(1, std::memory_order_relaxed);
                state.bytes += to.size() - before;
                in_flight_count_.fetch_add(1, std::memory_order_relaxed);
                next_executor_ = (next_executor_ + i + 1) % executors_.size();
                return true;
            }
        }
    }
    return false;
}

}  // namespace MPI4CXX::futures::detail
