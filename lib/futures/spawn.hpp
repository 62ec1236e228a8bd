// Spawns worker processes, and finds out whether this process was spawned.
#pragma once

#include <mpi4cxx/comm.hpp>

namespace MPI4CXX::futures::detail {

/// Returns the communicator to the process that has spawned this one as a worker; null if none has. The handle is borrowed.
[[nodiscard]] Comm get_parent(At at);

/// Spawns workers and returns the communicator to them: as many as there is room for, at most `wanted` unless that is 0. Returns null if no workers
/// can be spawned or threads are wanted.
[[nodiscard]] Comm spawn_workers(int wanted, At at);

}  // namespace MPI4CXX::futures::detail
