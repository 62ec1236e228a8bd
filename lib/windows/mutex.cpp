#include <mpi4cxx/mutex.hpp>

#include "runtime/finalize.hpp"
#include "windows/mutex_state.hpp"
#include "windows/sync_errors.hpp"

#include <array>
#include <utility>

namespace MPI4CXX::sync {

using detail::Caller;

Mutex::State::State(const Intracomm& comm, bool recursive, const Info& info, At at)
    : words_(comm, "sync::Mutex", std::array{0}, info, at), lock_(words_, 0), is_recursive_(recursive), made_at_(at) {}

Mutex::State::~State() {
    if (is_held_by_this_process() && detail::is_running())
        detail::end_with_warning("a sync::Mutex was destroyed by a process that holds it", made_at_, [this] { lock_.unlock(made_at_); });
}

bool Mutex::State::acquire(bool blocking, Caller caller) {
    if (is_held_by_this_thread()) {
        if (!is_recursive_ && blocking)
            detail::refuse(std::errc::resource_deadlock_would_occur, caller, "this thread holds the mutex already, which is not recursive");
        count_ += is_recursive_ ? 1 : 0;
        return is_recursive_;
    }
    if (blocking)
        lock_.lock(caller.at);
    else if (!lock_.try_lock(caller.at))
        return false;
    take(1);
    return true;
}

void Mutex::State::release(Caller caller) {
    if (!is_held_by_this_thread())
        detail::refuse(std::errc::operation_not_permitted, caller, "this thread does not hold the mutex");
    if (count_ > 1)
        --count_;
    else
        (void)release_all(caller.at);
}

int Mutex::State::release_all(At at) {
    const int count = std::exchange(count_, 0);
    owner_ = std::thread::id();  // before another thread of this process can have the mutex
    try {
        lock_.unlock(at);
    } catch (...) {
        take(count);
        throw;
    }
    return count;
}

void Mutex::State::acquire_again(int count, At at) {
    lock_.lock(at);
    take(count);
}

void Mutex::State::take(int count) noexcept {
    owner_ = std::this_thread::get_id();
    count_ = count;
}

Mutex::Mutex(const Intracomm& comm, bool recursive, const Info& info, At at) : state_(std::make_shared<State>(comm, recursive, info, at)) {}
Mutex::~Mutex() = default;

bool Mutex::acquire(bool blocking, At at) {
    const Caller caller(at, "sync::Mutex::acquire");
    return state(caller).acquire(blocking, caller);
}

void Mutex::release(At at) {
    const Caller caller(at, "sync::Mutex::release");
    state(caller).release(caller);
}

int Mutex::count(At at) const { return state({at, "sync::Mutex::count"}).count(); }

void Mutex::free(At at) {
    const Caller caller(at, "sync::Mutex::free");
    if (state(caller).is_held_by_this_process())
        detail::misuse(caller, "this process holds the mutex: release it first");
    state_->free(at);
    state_.reset();
}

void Mutex::lock() {
    const Caller caller = guard_calls("sync::Mutex::lock");
    (void)state(caller).acquire(true, caller);
}

bool Mutex::try_lock() {
    const Caller caller = guard_calls("sync::Mutex::try_lock");
    return state(caller).acquire(false, caller);
}

void Mutex::unlock() {
    const Caller caller = guard_calls("sync::Mutex::unlock");
    state(caller).release(caller);
}

Mutex::State& Mutex::state(Caller caller) const {
    State& result = detail::existing(state_, caller);
    if (result.is_freed())  // through the Mutex that a Condition shares it with
        detail::misuse(caller, "the mutex was freed");
    return result;
}

Caller Mutex::guard_calls(const char* method) const noexcept { return {state_ != nullptr ? state_->made_at() : detail::nowhere, method}; }

}  // namespace MPI4CXX::sync
