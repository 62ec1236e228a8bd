#include "futures/crews.hpp"

#include <mpi4cxx/detail/futures/work.hpp>

#include "futures/backoff.hpp"
#include "futures/crew.hpp"
#include "futures/notices.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace MPI4CXX::futures::detail {

namespace {

using Crews = std::vector<std::shared_ptr<Crew>>;

std::mutex mutex;
// none of these is ever destroyed: threads may look at them until the process is gone
std::shared_ptr<const Crews>& crews = *new std::shared_ptr<const Crews>(new Crews);
std::condition_variable& wakes = *new std::condition_variable;
std::atomic<unsigned> changes{0};  // of the list
std::atomic<int> waiting{0};       // threads that drive
std::atomic<unsigned> waits{0};    // how often one has begun to
std::atomic<bool> asleep{false};   // the driver
bool has_driver = false;

/// The list as it is now; each thread keeps one, and what it drives may change that.
std::shared_ptr<const Crews> current() {
    static thread_local std::shared_ptr<const Crews> list;
    static thread_local unsigned seen = ~0u;
    if (const unsigned now = changes.load(std::memory_order_acquire); now != seen) {
        const std::lock_guard lock(mutex);
        list = crews;
        seen = now;
    }
    return list;
}

void change(Crews list) {  // under the lock
    crews = std::make_shared<const Crews>(std::move(list));
    changes.fetch_add(1, std::memory_order_release);
}

bool drive_all(bool is_driver) {
    bool moved = false;
    const auto list = current();
    for (const std::shared_ptr<Crew>& crew : *list)
        if (!is_driver || !crew->link().is_callers())
            moved |= crew->drive();
    const bool is_alone = std::any_of(list->begin(), list->end(), [](const auto& crew) { return crew->link().is_callers(); });
    if (!is_driver || !is_alone)
        moved |= run_posted(is_alone);
    return moved;
}

bool is_idle() {
    const auto list = current();
    return std::all_of(list->begin(), list->end(), [](const auto& crew) { return crew->is_idle() || crew->link().is_callers(); });
}

/// Drives while nobody else does: seldom, because it takes a core from the workers, and asleep where nothing is to be done.
[[noreturn]] void drive_always() {
    constexpr auto moment = std::chrono::milliseconds(1);
    Backoff backoff(0, Backoff::Clock::duration::zero());
    unsigned seen = 0;
    for (int idle = 0;; ++idle) {
        if (!is_idle())
            idle = 0;
        if (idle > 200) {
            std::unique_lock lock(mutex);
            asleep = true;
            if (wakes.wait_for(lock, std::chrono::hours(1), [] { return !asleep; }))
                idle = 0;
            asleep = false;
            backoff.reset();
        } else if (idle > 0 || waiting.load(std::memory_order_relaxed) > 0 || std::exchange(seen, waits.load(std::memory_order_relaxed)) != waits) {
            std::this_thread::sleep_for(moment);
            backoff.reset();
        } else if (drive_all(true)) {
            backoff.reset();
        } else {
            backoff.pause();
        }
    }
}

}  // namespace

void enrol(const std::shared_ptr<Crew>& crew) {
    const std::lock_guard lock(mutex);
    Crews list = *crews;
    list.push_back(crew);
    change(std::move(list));
    if (!std::exchange(has_driver, true))
        std::thread(drive_always).detach();
}

void discharge(const Crew& crew) {
    const std::lock_guard lock(mutex);
    Crews list = *crews;
    std::erase_if(list, [&crew](const auto& one) { return one.get() == &crew; });
    change(std::move(list));
}

void wake_driver() {
    if (!asleep.load(std::memory_order_seq_cst))
        return;
    const std::lock_guard lock(mutex);
    asleep = false;
    wakes.notify_one();
}

Backoff::Clock::duration Backoff::longest() noexcept {
    static const Clock::duration most = [] {
        const char* const seconds = std::getenv("MPI4CXX_FUTURES_BACKOFF");
        return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds != nullptr ? std::atof(seconds) : 1e-3));
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
        const bool moved = drive_all(false);
        if (is_done(argument))
            return true;
        if (moved)
            backoff.reset();
        else if (deadline != Timeout::Clock::time_point::max() && Timeout::Clock::now() >= deadline)
            return false;
        else
            backoff.pause(deadline);
    }
}

}  // namespace MPI4CXX::futures::detail
