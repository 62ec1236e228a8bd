// Runs the callbacks of futures that are done.
#include "futures/done_callbacks.hpp"

#include "futures/exceptions.hpp"
#include "futures/executor_state.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

namespace MPI4CXX::futures::detail {

namespace {

// Never destroyed: threads may use them until the process is gone.
std::mutex mutex;
std::deque<DoneCallbacks>& posted = *new std::deque<DoneCallbacks>;
std::condition_variable& comes = *new std::condition_variable;
std::atomic<std::size_t> ready{0};  // number of posted lists
int resting = 0;                    // helper threads that wait for more

/// The list whose callbacks this thread runs, and the outer ones.
struct Running {
    DoneCallbacks* callbacks;
    Running* outer;
};
thread_local Running* running = nullptr;

bool take(DoneCallbacks& callbacks) {
    if (ready.load(std::memory_order_acquire) == 0)
        return false;
    const std::lock_guard lock(mutex);
    if (posted.empty())
        return false;
    callbacks = std::move(posted.front());
    posted.pop_front();
    ready = posted.size();
    return true;
}

bool run_all() {
    bool has_run = false;
    for (DoneCallbacks callbacks; take(callbacks); has_run = true) callbacks.run();
    return has_run;
}

/// The body of a helper thread, which runs callbacks while other threads wait.
void run_helper() {
    while (true) {
        run_all();
        std::unique_lock lock(mutex);
        ++resting;
        const bool has_more = comes.wait_for(lock, std::chrono::seconds(1), [] { return !posted.empty(); });
        --resting;
        if (!has_more)
            return;
    }
}

/// Lets a helper thread run the posted callbacks and those that this thread has not begun; returns false if no thread can be started.
bool delegate_to_helper() {
    {
        const std::lock_guard lock(mutex);
        for (Running* one = running; one != nullptr; one = one->outer)
            if (!one->callbacks->is_empty())
                posted.push_front(one->callbacks->split());
        ready = posted.size();
        if (posted.empty())
            return true;
        comes.notify_one();
        if (resting > 0)
            return true;
    }
    try {
        std::thread(run_helper).detach();
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

}  // namespace

DoneCallbacks::DoneCallbacks(Callback* first, std::shared_ptr<ExecutorState> executor) noexcept : first_(first) {
    if (first == nullptr || executor == nullptr)
        return;
    executor_ = std::move(executor);
    executor_->callback_lists.fetch_add(1, std::memory_order_relaxed);
}

DoneCallbacks::~DoneCallbacks() {
    while (first_ != nullptr) delete std::exchange(first_, first_->next);
    if (executor_ != nullptr)
        executor_->callback_lists.fetch_sub(1, std::memory_order_release);
}

void DoneCallbacks::run() noexcept {
    Running here{this, running};
    running = &here;
    while (first_ != nullptr) {
        const std::unique_ptr<Callback> callback(std::exchange(first_, first_->next));
        run_safely(*callback);
    }
    running = here.outer;
    *this = DoneCallbacks();
}

void run_safely(Callback& callback) noexcept {
    try {
        callback.run();
    } catch (...) {
        std::fprintf(stderr, "mpi4cxx: a callback of a future has thrown %s\n", describe_current().c_str());
    }
}

bool in_callback() noexcept { return running != nullptr; }

void run_callbacks(DoneCallbacks callbacks) {
    if (callbacks.is_empty())
        return;
    if (in_callback()) {
        std::vector<DoneCallbacks> callback_lists;
        callback_lists.push_back(std::move(callbacks));
        return post_callbacks(std::move(callback_lists));
    }
    callbacks.run();
    run_all();
}

void post_callbacks(std::vector<DoneCallbacks> callback_lists) {
    if (callback_lists.empty())
        return;
    const std::lock_guard lock(mutex);
    std::move(callback_lists.begin(), callback_lists.end(), std::back_inserter(posted));
    ready = posted.size();
    comes.notify_one();
}

bool run_posted_callbacks(bool is_only_mpi_thread) {
    if (in_callback() && !is_only_mpi_thread && delegate_to_helper())
        return false;
    return run_all();
}

}  // namespace MPI4CXX::futures::detail
