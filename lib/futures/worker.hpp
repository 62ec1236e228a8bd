#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::futures::detail {

/// Whether this thread runs a task.
[[nodiscard]] bool in_task() noexcept;

/// While it lives, a process that dies in a task says in which, and ends the job.
class Watch {
public:
    Watch();
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
};

}  // namespace MPI4CXX::futures::detail
