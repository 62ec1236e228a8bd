#include "futures/notices.hpp"

#include "futures/client.hpp"
#include "futures/exceptions.hpp"

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

// none of these is ever destroyed: threads may look at them until the process is gone
std::mutex mutex;
std::deque<Notice>& posted = *new std::deque<Notice>;
std::condition_variable& comes = *new std::condition_variable;
std::atomic<std::size_t> ready{0};  // how many are posted
int resting = 0;                    // helpers that wait for more

/// What this thread runs, the innermost first.
struct Running {
    Notice* notice;
    Running* outer;
};
thread_local Running* running = nullptr;

bool take(Notice& notice) {
    if (ready.load(std::memory_order_acquire) == 0)
        return false;
    const std::lock_guard lock(mutex);
    if (posted.empty())
        return false;
    notice = std::move(posted.front());
    posted.pop_front();
    ready = posted.size();
    return true;
}

bool run_all() {
    bool has_run = false;
    for (Notice notice; take(notice); has_run = true) notice.run();
    return has_run;
}

/// A thread that runs callbacks while others wait.
void help() {
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

/// Has a helper run what is posted and what this thread has not begun; false where there can be none.
bool hand_over() {
    {
        const std::lock_guard lock(mutex);
        for (Running* one = running; one != nullptr; one = one->outer)
            if (!one->notice->is_empty())
                posted.push_front(one->notice->split());
        ready = posted.size();
        if (posted.empty())
            return true;
        comes.notify_one();
        if (resting > 0)
            return true;
    }
    try {
        std::thread(help).detach();
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

}  // namespace

Notice::Notice(Callback* first, std::shared_ptr<Client> client) noexcept : first_(first) {
    if (first == nullptr || client == nullptr)
        return;
    client_ = std::move(client);
    client_->notices.fetch_add(1, std::memory_order_relaxed);
}

Notice::~Notice() {
    while (first_ != nullptr) delete std::exchange(first_, first_->next);
    if (client_ != nullptr)
        client_->notices.fetch_sub(1, std::memory_order_release);
}

void Notice::run() noexcept {
    Running here{this, running};
    running = &here;
    while (first_ != nullptr) {
        const std::unique_ptr<Callback> callback(std::exchange(first_, first_->next));
        run_safely(*callback);
    }
    running = here.outer;
    *this = Notice();
}

void run_safely(Callback& callback) noexcept {
    try {
        callback.run();
    } catch (...) {
        std::fprintf(stderr, "mpi4cxx: a callback of a future has thrown %s\n", describe_current().c_str());
    }
}

bool in_callback() noexcept { return running != nullptr; }

void announce(Notice notice) {
    if (notice.is_empty())
        return;
    if (in_callback()) {
        std::vector<Notice> notices;
        notices.push_back(std::move(notice));
        return post(std::move(notices));
    }
    notice.run();
    run_all();
}

void post(std::vector<Notice> notices) {
    if (notices.empty())
        return;
    const std::lock_guard lock(mutex);
    std::move(notices.begin(), notices.end(), std::back_inserter(posted));
    ready = posted.size();
    comes.notify_one();
}

bool run_posted(bool is_alone) {
    if (in_callback() && !is_alone && hand_over())
        return false;
    return run_all();
}

}  // namespace MPI4CXX::futures::detail
