#pragma once

#include <mpi4cxx/info.hpp>
#include <mpi4cxx/intracomm.hpp>

#include <memory>

namespace MPI4CXX::sync {

/// A number of permits that the processes of a communicator share. As mpi4py.util.sync.Semaphore, and as std::counting_semaphore. Construct and
/// destroy it collectively.
/// A permit that is given back goes to those that wait, in turns. If the level is THREAD_MULTIPLE, several threads of a process may use it.
class MPI4CXX_API Semaphore {
public:
    /// Make a semaphore of `value` permits; what rank 0 passes counts. If it is bounded, there are never more. Calls MPI_Win_allocate_shared or
    /// MPI_Win_allocate (MPI-4.0, 12.2). Collective.
    explicit Semaphore(const Intracomm& comm, int value = 1, bool bounded = true, const Info& info = INFO_NULL, At at = {});

    Semaphore(Semaphore&&) noexcept;
    Semaphore& operator=(Semaphore&&) noexcept;
    ~Semaphore();

    /// Take a permit, and wait until there is one. Return whether there was one, if `blocking` is false. Calls MPI_Get and MPI_Put (MPI-4.0, 12.3).
    bool acquire(bool blocking = true, At at = {});
    [[nodiscard]] bool try_acquire(At at = {}) { return acquire(false, at); }  ///< As `acquire(false)`.
    /// Give `n` permits back. Throws std::invalid_argument if a bounded semaphore would have more than at first. Calls MPI_Get and MPI_Put (MPI-4.0,
    /// 12.3).
    void release(int n = 1, At at = {});
    /// Free the semaphore. Calls MPI_Win_free (MPI-4.0, 12.2.5). Collective.
    void free(At at = {});

private:
    class State;

    [[nodiscard]] State& state(detail::Caller caller) const;

    std::unique_ptr<State> state_;
};

}  // namespace MPI4CXX::sync
