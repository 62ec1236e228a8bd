// What the rest of the pool asks of a worker in this process.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::futures::detail {

/// Returns whether this thread is running a task.
[[nodiscard]] bool in_task() noexcept;

/// Installs handlers for signals, exit and terminate: a process that dies in a task prints the task and ends the job.
class DeathHandlers {
public:
    DeathHandlers();
    ~DeathHandlers();
    DeathHandlers(const DeathHandlers&) = delete;
    DeathHandlers& operator=(const DeathHandlers&) = delete;
};

}  // namespace MPI4CXX::futures::detail
