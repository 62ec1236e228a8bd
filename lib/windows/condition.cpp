#include <mpi4cxx/condition.hpp>

#include "windows/mutex_state.hpp"
#include "windows/sync_errors.hpp"

#include <limits>
#include <utility>
#include <vector>

namespace MPI4CXX::sync {

using detail::Caller;

class Condition::State {
public:
    State(const Intracomm& comm, const Info& info, At at)
        : words(comm, "sync::Condition", std::vector<int>(static_cast<std::size_t>(comm.Get_size(at)) + 1), info, at), waiting(words, 0) {}

    detail::SharedWords words;
    detail::WaitingList waiting;
};

Condition::Condition(const Intracomm& comm, bool recursive, const Info& info, At at)
    : mutex_(comm, recursive, info, at), owns_mutex_(true), state_(std::make_shared<State>(comm, info, at)) {}

Condition::Condition(const Mutex& mutex, const Info& info, At at)
    : mutex_(mutex.state_), owns_mutex_(false), state_(std::make_shared<State>(mutex_.state({at, "sync::Condition"}).comm(), info, at)) {}

Condition::~Condition() = default;

void Condition::wait(At at) {
    State& own = held_state({at, "sync::Condition::wait"});
    Mutex::State& mutex = *mutex_.state_;
    Request woken = own.waiting.enter(at);
    const int count = mutex.release_all(at);
    try {
        detail::wait_patiently(woken, at);
    } catch (...) {
        mutex.acquire_again(count, at);
        throw;
    }
    mutex.acquire_again(count, at);
}

int Condition::notify(int n, At at) { return held_state({at, "sync::Condition::notify"}).waiting.wake(n, at); }

int Condition::notify_all(At at) { return held_state({at, "sync::Condition::notify_all"}).waiting.wake(std::numeric_limits<int>::max(), at); }

void Condition::free(At at) {
    detail::existing(state_, {at, "sync::Condition::free"}).words.free(at);
    state_.reset();
    if (owns_mutex_)
        mutex_.free(at);
}

Condition::State& Condition::held_state(Caller caller) const {
    State& own = detail::existing(state_, caller);
    if (!mutex_.state(caller).is_held_by_this_thread())
        detail::refuse(std::errc::operation_not_permitted, caller, "this thread does not hold the mutex");
    return own;
}

}  // namespace MPI4CXX::sync
