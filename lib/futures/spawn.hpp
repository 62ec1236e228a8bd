// Spawns worker processes, and finds out whether this process is one.
#pragma once

#include <mpi4cxx/intercomm.hpp>

namespace MPI4CXX::futures::detail {

/// Returns the communicator to the manager that has spawned this process as a worker; null if none has, also if the process was spawned for something
/// else. The handle is borrowed.
[[nodiscard]] Intercomm get_manager(At at);

/// Spawns workers and returns the communicator to them: as many as there is room for, at most `wanted` unless that is 0. Returns null if no workers
/// can be spawned or threads are wanted.
[[nodiscard]] Intercomm spawn_workers(int wanted, At at);

}  // namespace MPI4CXX::futures::detail
