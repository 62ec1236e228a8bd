#include "requests/progress_thread.hpp"

#include <mpi4cxx/detail/mpi/call.hpp>

#include "requests/progress.hpp"
#include "runtime/finalize.hpp"
#include "runtime/tracing.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace MPI4CXX::detail {

namespace {

using std::chrono::microseconds;

class ProgressThread {
public:
    void wake() noexcept {
        std::atomic_thread_fence(std::memory_order_seq_cst);  // what there is to drive is visible before is_awake_ is read
        if (is_awake_.load(std::memory_order_relaxed))
            return;
        const std::lock_guard lock(mutex_);
        if (!thread_.joinable() && !ends_)
            start();
        is_awake_ = true;
        changed_.notify_one();
    }
    /// Tells the thread to end. It begins nothing more.
    void end() {
        const std::lock_guard lock(mutex_);
        ends_ = is_awake_ = true;
        changed_.notify_one();
    }
    void join() {
        end();
        if (thread_.joinable())
            thread_.join();
    }

private:
    static constexpr microseconds patience{1000}, moving{20};
    static constexpr int looks_before_sleep = 100, looks_while_moving = 50;

    void start() {
        sigset_t every, before;  // signals are for the program's own threads
        sigfillset(&every);
        pthread_sigmask(SIG_SETMASK, &every, &before);
        try {
            thread_ = std::thread([this] { run(); });
        } catch (const std::system_error&) {  // no more threads: the process goes on without one, as at a lower level of thread support
            ends_ = true;
        }
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    void run() {
        hide_this_thread();
        std::unique_lock lock(mutex_);
        std::uint32_t seen = activity();
        int idle = 0, still = looks_while_moving;
        while (true) {
            if (idle == looks_before_sleep)
                idle = sleep(lock);
            changed_.wait_for(lock, still < looks_while_moving ? moving : patience, [this] { return ends_; });
            if (ends_)
                return;
            const bool is_elsewhere = std::exchange(seen, activity()) == seen;
            idle = must_drive() ? 0 : idle + 1;
            if (idle != 0 || !is_elsewhere) {
                still = looks_while_moving;
                continue;
            }
            lock.unlock();
            still = drive_aside() ? 0 : std::min(still + 1, looks_while_moving);
            lock.lock();
        }
    }
    /// Sleeps until it is woken.
    int sleep(std::unique_lock<std::mutex>& lock) {
        is_awake_ = false;
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (must_drive())
            is_awake_ = true;
        changed_.wait(lock, [this] { return is_awake_.load(); });
        return 0;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::atomic<bool> is_awake_ = false;
    bool ends_ = false;
    std::thread thread_;
};

// Never destroyed: a process may exit without MPI_Finalize.
ProgressThread& progress_thread = *new ProgressThread;
bool is_allowed = false;

}  // namespace

void allow_progress_thread(At at) {
    is_allowed = get<MPI_Query_thread>(at) == MPI_THREAD_MULTIPLE;
    // A process that exits without MPI_Finalize may do so inside MPI, and the thread may wait for MPI's lock. So the thread is not joined there.
    static const bool once = [] {
        at_end(end_progress_thread);
        at_finalize([] {
            if (!is_session_open())  // before the operations end, which it would drive
                end_progress_thread();
        });
        return std::atexit([] { progress_thread.end(); }) == 0;
    }();
    (void)once;
}

bool has_progress_thread() noexcept { return is_allowed; }

void end_progress_thread() {
    is_allowed = false;
    progress_thread.join();
}

void wake_progress_thread() noexcept {
    if (is_allowed)
        progress_thread.wake();
}

}  // namespace MPI4CXX::detail
