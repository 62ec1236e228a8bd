#pragma once

#include <mpi4cxx/intracomm.hpp>

#include <memory>

namespace MPI4CXX::sync {

/// A part of the program that the processes of a communicator run one after another, in the order of their ranks. As mpi4py.util.sync.Sequential:
/// `const std::lock_guard turn(sequential);`. Construct and destroy it collectively; one thread of each process uses it.
/// It can be used again, equally often on all processes: the destructor waits until all have had their turns.
/// Mistakes are std::system_error, as those of Mutex.
class MPI4CXX_API Sequential {
public:
    /// Calls MPI_Comm_split (MPI-4.0, 7.4.2). Collective.
    explicit Sequential(const Intracomm& comm, At at = {});

    Sequential(Sequential&&) noexcept;
    Sequential& operator=(Sequential&&) noexcept;
    ~Sequential();

    /// Wait for this process's turn. Calls MPI_Irecv (MPI-4.0, 3.7.2).
    void begin(At at = {});
    /// Pass the turn on to the next rank. Calls MPI_Send (MPI-4.0, 3.2.1).
    void end(At at = {});

    // The names of std::mutex

    void lock();
    void unlock();

private:
    class State;

    [[nodiscard]] State& state(detail::Caller caller) const;
    [[nodiscard]] detail::Caller guard_calls(const char* method) const noexcept;

    std::unique_ptr<State> state_;
};

}  // namespace MPI4CXX::sync
