#pragma once

#include <mpi4cxx/info.hpp>
#include <mpi4cxx/intracomm.hpp>

#include <memory>
#include <utility>

namespace MPI4CXX::sync {

/// A lock among the processes of a communicator, which get it in the order in which they ask. As mpi4py.util.sync.Mutex, and as std::mutex:
/// `const std::lock_guard guard(mutex);`. Construct and destroy it collectively.
/// A thread holds it. If the level is THREAD_MULTIPLE, it excludes the threads of one process too.
/// Mistakes are std::system_error, as those of std::unique_lock: resource_deadlock_would_occur if a thread locks a mutex that is not recursive
/// twice, operation_not_permitted if it unlocks one that it does not hold. `lock`, `try_lock` and `unlock`, which guards call, name the line where
/// the mutex was made.
/// If a process destroys a mutex that it holds, the mutex is unlocked with a warning.
class MPI4CXX_API Mutex {
public:
    /// Make a mutex that is free. Calls MPI_Win_allocate_shared or MPI_Win_allocate (MPI-4.0, 12.2). Collective.
    explicit Mutex(const Intracomm& comm, bool recursive = false, const Info& info = INFO_NULL, At at = {});

    Mutex(Mutex&&) noexcept = default;
    Mutex& operator=(Mutex&&) noexcept = default;
    ~Mutex();

    /// Lock the mutex. Return whether this was possible, if `blocking` is false. Calls MPI_Fetch_and_op or MPI_Compare_and_swap (MPI-4.0, 12.3.4).
    bool acquire(bool blocking = true, At at = {});
    /// Unlock the mutex. Calls MPI_Compare_and_swap (MPI-4.0, 12.3.4).
    void release(At at = {});
    /// Return whether this thread holds the mutex.
    [[nodiscard]] bool locked(At at = {}) const { return count(at) > 0; }
    /// Return how often this thread has locked the mutex.
    [[nodiscard]] int count(At at = {}) const;
    /// Free the mutex, which this process must not hold. Calls MPI_Win_free (MPI-4.0, 12.2.5). Collective.
    void free(At at = {});

    // The names of std::mutex

    void lock();
    [[nodiscard]] bool try_lock();
    void unlock();

private:
    friend class Condition;
    class State;

    explicit Mutex(std::shared_ptr<State> state) noexcept : state_(std::move(state)) {}
    [[nodiscard]] State& state(detail::Caller caller) const;
    [[nodiscard]] detail::Caller guard_calls(const char* method) const noexcept;

    std::shared_ptr<State> state_;
};

}  // namespace MPI4CXX::sync
