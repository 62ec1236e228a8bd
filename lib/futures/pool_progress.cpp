// Progress of all worker pools: waiting threads, and the progress thread when no thread waits.
#include "futures/pool_progress.hpp"

#include <mpi4cxx/detail/futures/work_item.hpp>

#include "futures/backoff.hpp"
#include "futures/done_callbacks.hpp"
#include "futures/mpi_transport.hpp"
#include "futures/worker_pool.hpp"
#include "runtime/settings.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace MPI4CXX::futures::detail {

namespace {

using WorkerPools = std::vector<std::shared_ptr<WorkerPool>>;

std::mutex mutex;
// Never destroyed: threads may use them until the process is gone.
std::shared_ptr<const WorkerPools>& pools = *new std::shared_ptr<const WorkerPools>(new WorkerPools);
std::condition_variable& wakes = *new std::condition_variable;
std::atomic<unsigned> changes{0};  // number of changes of the list
std::atomic<int> waiting{0};       // threads in wait_until()
std::atomic<unsigned> waits{0};    // how many waits have begun
std::atomic<bool> asleep{false};   // the progress thread
bool has_progress_thread = false;

/// Returns the current list. Each thread keeps the list that it last saw, since making progress may change the list.
std::shared_ptr<const WorkerPools> current() {
    static thread_local std::shared_ptr<const WorkerPools> list;
    static thread_local unsigned seen = ~0u;
    if (const unsigned now = changes.load(std::memory_order_acquire); now != seen) {
        std::shared_ptr<const WorkerPools> old;  // destroyed outside the lock, because it may hold the last reference to a pool
        const std::lock_guard lock(mutex);
        old = std::exchange(list, pools);
        seen = now;
    }
    return list;
}

void change(WorkerPools list) {  // the mutex is locked
    pools = std::make_shared<const WorkerPools>(std::move(list));
    changes.fetch_add(1, std::memory_order_seq_cst);
}

bool make_progress_on_all(bool is_progress_thread) {
    bool moved = false;
    const auto list = current();
    for (const std::shared_ptr<WorkerPool>& pool : *list)
        if (!is_progress_thread || !pool->transport().needs_program_thread())
            moved |= pool->make_progress();
    const bool is_only_mpi_thread =
        std::any_of(list->begin(), list->end(), [](const auto& pool) { return pool->transport().needs_program_thread(); });
    if (!is_progress_thread || !is_only_mpi_thread)
        moved |= run_posted_callbacks(is_only_mpi_thread);
    return moved;
}

bool is_idle() {
    const auto list = current();
    return std::all_of(list->begin(), list->end(), [](const auto& pool) { return pool->is_idle() || pool->transport().needs_program_thread(); });
}

/// Makes progress while no other thread waits. It polls seldom, because it takes a core from the workers, and sleeps when there is nothing to do.
[[noreturn]] void run_progress_thread() {
    constexpr auto moment = std::chrono::milliseconds(1);
    Backoff backoff(0, Backoff::Clock::duration::zero());
    unsigned seen = 0;
    for (int idle = 0;; ++idle) {
        if (!is_idle())
            idle = 0;
        if (idle > 200) {
            asleep = true;
            std::atomic_thread_fence(std::memory_order_seq_cst);
            if (!is_idle())  // work came before anybody could see that this thread sleeps
                asleep = false;
            std::unique_lock lock(mutex);
            if (wakes.wait_for(lock, std::chrono::hours(1), [] { return !asleep; }))
                idle = 0;
            asleep = false;
            backoff.reset();
        } else if (idle > 0 || waiting.load(std::memory_order_relaxed) > 0 || std::exchange(seen, waits.load(std::memory_order_relaxed)) != waits) {
            std::this_thread::sleep_for(moment);
            backoff.reset();
        } else if (make_progress_on_all(true)) {
            backoff.reset();
        } else {
            backoff.pause();
        }
    }
}

}  // namespace

void register_pool(const std::shared_ptr<WorkerPool>& pool) {
    const std::lock_guard lock(mutex);
    if (!has_progress_thread) {
        std::thread(run_progress_thread).detach();  // throws before anything is registered
        has_progress_thread = true;
    }
    WorkerPools list = *pools;
    list.push_back(pool);
    change(std::move(list));
}

void unregister_pool(const WorkerPool& pool) {
    const std::lock_guard lock(mutex);
    WorkerPools list = *pools;
    std::erase_if(list, [&pool](const auto& one) { return one.get() == &pool; });
    change(std::move(list));
}

std::shared_ptr<WorkerPool> pool_of_processes(bool is_private) {
    const auto list = current();
    const auto found = std::find_if(list->begin(), list->end(), [is_private](const auto& pool) {
        return pool->is_private() == is_private && dynamic_cast<const MpiManagerTransport*>(&pool->transport()) != nullptr;
    });
    return found == list->end() ? nullptr : *found;
}

void wake_progress_thread() {
    if (!asleep.load(std::memory_order_seq_cst))  // work is counted before this look, and the thread says that it sleeps before it counts
        return;
    const std::lock_guard lock(mutex);
    asleep = false;
    wakes.notify_one();
}

Backoff::Clock::duration Backoff::longest() noexcept {
    static const Clock::duration most = [] {
        const std::string seconds = mpi4cxx::detail::setting("MPI4CXX_FUTURES_BACKOFF");
        return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds.empty() ? 1e-3 : std::atof(seconds.c_str())));
    }();
    return most;
}

bool wait_until(bool (*is_done)(void*), void* argument, Timeout::Clock::time_point deadline) {
    if (is_done(argument))
        return true;
    struct Waiting {
        Waiting() {
            waiting.fetch_add(1, std::memory_order_relaxed);
            waits.fetch_add(1, std::memory_order_relaxed);
        }
        ~Waiting() { waiting.fetch_sub(1, std::memory_order_relaxed); }
    } guard;
    Backoff backoff;
    while (true) {
        const bool moved = make_progress_on_all(false);
        if (is_done(argument))
            return true;
        if (deadline != Timeout::Clock::time_point::max() && Timeout::Clock::now() >= deadline)
            return false;
        if (moved)
            backoff.reset();
        else
            backoff.pause(deadline);
    }
}

}  // namespace MPI4CXX::futures::detail
