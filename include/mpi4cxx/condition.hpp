#pragma once

#include <mpi4cxx/mutex.hpp>

#include <concepts>
#include <memory>

namespace MPI4CXX::sync {

/// A condition variable among the processes of a communicator, together with its mutex. As mpi4py.util.sync.Condition. Construct and destroy it
/// collectively.
/// A thread that waits or notifies must hold the mutex; if not, this is std::system_error, operation_not_permitted. Nobody wakes up without being
/// notified. Processes are woken in turns.
class MPI4CXX_API Condition {
public:
    /// Make a condition with a mutex of its own. Calls MPI_Win_allocate_shared or MPI_Win_allocate (MPI-4.0, 12.2). Collective.
    explicit Condition(const Intracomm& comm, bool recursive = true, const Info& info = INFO_NULL, At at = {});
    /// Make a condition that shares `mutex`, among the same processes. Calls MPI_Win_allocate_shared or MPI_Win_allocate (MPI-4.0, 12.2). Collective.
    explicit Condition(const Mutex& mutex, const Info& info = INFO_NULL, At at = {});

    Condition(Condition&&) noexcept = default;
    Condition& operator=(Condition&&) noexcept = default;
    ~Condition();

    /// Lock the mutex, see Mutex::acquire.
    bool acquire(bool blocking = true, At at = {}) { return mutex_.acquire(blocking, at); }
    /// Unlock the mutex, see Mutex::release.
    void release(At at = {}) { mutex_.release(at); }
    /// Return whether this thread holds the mutex.
    [[nodiscard]] bool locked(At at = {}) const { return mutex_.locked(at); }
    /// Unlock the mutex, however often this thread has locked it, wait until notified, and lock it as before. Calls MPI_Irecv (MPI-4.0, 3.7.2).
    void wait(At at = {});
    /// Wait until `predicate` returns what is true, and return that. `predicate` is called with the mutex locked.
    template <std::invocable Predicate> auto wait_for(Predicate predicate, At at = {}) {
        auto result = predicate();
        while (!result) {
            wait(at);
            result = predicate();
        }
        return result;
    }
    /// Wake up to `n` of those that wait, and return how many. They go on once the mutex is free. Calls MPI_Get and MPI_Put (MPI-4.0, 12.3).
    int notify(int n = 1, At at = {});
    /// Wake all that wait, and return how many. Calls MPI_Get and MPI_Put (MPI-4.0, 12.3).
    int notify_all(At at = {});
    /// Free the condition, and its mutex if it is the condition's own. Calls MPI_Win_free (MPI-4.0, 12.2.5). Collective.
    void free(At at = {});

    // The names of std::mutex

    void lock() { mutex_.lock(); }
    [[nodiscard]] bool try_lock() { return mutex_.try_lock(); }
    void unlock() { mutex_.unlock(); }

private:
    class State;

    [[nodiscard]] State& held_state(detail::Caller caller) const;

    Mutex mutex_;
    bool owns_mutex_;
    std::shared_ptr<State> state_;
};

}  // namespace MPI4CXX::sync
