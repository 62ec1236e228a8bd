#include <mpi4cxx/semaphore.hpp>

#include "windows/queue_lock.hpp"
#include "windows/sync_errors.hpp"

#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace MPI4CXX::sync {

using detail::Caller;

class Semaphore::State {
public:
    State(const Intracomm& comm, int permits, bool is_bounded, const Info& info, At at)
        : words(comm, "sync::Semaphore", initial(comm.Get_size(at), permits, is_bounded), info, at), lock(words, tail), waiting(words, list) {}

    enum Word : Aint { tail, free_permits, most_permits, list };

    detail::SharedWords words;
    detail::QueueLock lock;
    detail::WaitingList waiting;

private:
    static std::vector<int> initial(int size, int permits, bool is_bounded) {
        std::vector<int> result(static_cast<std::size_t>(list + 1 + size));
        result[free_permits] = permits;
        result[most_permits] = is_bounded ? permits : std::numeric_limits<int>::max();
        return result;
    }
};

namespace {

/// Holds a lock until the end of the scope, or until it is unlocked, which can fail.
class Guard {
public:
    Guard(detail::QueueLock& lock, At at) : lock_(&lock), at_(at) { lock.lock(at); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
        try {
            unlock();
        } catch (...) {  // an exception is on its way already
        }
    }
    void unlock() {
        if (detail::QueueLock* const lock = std::exchange(lock_, nullptr); lock != nullptr)
            lock->unlock(at_);
    }

private:
    detail::QueueLock* lock_;
    At at_;
};

}  // namespace

Semaphore::Semaphore(const Intracomm& comm, int value, bool bounded, const Info& info, At at) {
    comm.Bcast(value, 0, at);
    if (value < 0)
        detail::misuse({at, "sync::Semaphore"}, std::to_string(value) + " permits");
    state_ = std::make_unique<State>(comm, value, bounded, info, at);
}

Semaphore::Semaphore(Semaphore&&) noexcept = default;
Semaphore& Semaphore::operator=(Semaphore&&) noexcept = default;
Semaphore::~Semaphore() = default;

bool Semaphore::acquire(bool blocking, At at) {
    State& own = state({at, "sync::Semaphore::acquire"});
    Guard guard(own.lock, at);
    const int free = own.words.read(State::free_permits, 1, at)[0];
    if (free > 0) {
        own.words.write(State::free_permits, std::array{free - 1}, at);
        guard.unlock();
        return true;
    }
    if (!blocking) {
        guard.unlock();
        return false;
    }
    Request permit = own.waiting.enter(at);
    guard.unlock();
    detail::wait_patiently(permit, at);
    return true;
}

void Semaphore::release(int n, At at) {
    const Caller caller(at, "sync::Semaphore::release");
    State& own = state(caller);
    if (n < 1)
        detail::misuse(caller, std::to_string(n) + " permits");
    Guard guard(own.lock, at);
    const std::vector<int> permits = own.words.read(State::free_permits, 2, at);
    const int free = permits[0], most = permits[1];
    if (n > most - free)
        detail::misuse(
            caller, std::to_string(n) + " permits are given back, but " + std::to_string(free) + " of " + std::to_string(most) + " are free already");
    const int woken = own.waiting.wake(n, at);
    own.words.write(State::free_permits, std::array{free + n - woken}, at);
    guard.unlock();
}

void Semaphore::free(At at) {
    state({at, "sync::Semaphore::free"}).words.free(at);
    state_.reset();
}

Semaphore::State& Semaphore::state(Caller caller) const { return detail::existing(state_, caller); }

}  // namespace MPI4CXX::sync
