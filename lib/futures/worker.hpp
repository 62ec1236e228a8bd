#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::futures::detail {

/// Whether this thread runs a task.
[[nodiscard]] bool in_task() noexcept;

/// While it lives, a process that dies in a task says in which, and ends the job.
class DeathHandlers {
public:
    DeathHandlers();
    ~DeathHandlers();
    DeathHandlers(const DeathHandlers&) = delete;
    DeathHandlers& operator=(const DeathHandlers&) = delete;
};

}  // namespace MPI4CXX::futures::detail
