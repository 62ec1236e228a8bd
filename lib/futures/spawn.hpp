#pragma once

#include <mpi4cxx/comm.hpp>

namespace MPI4CXX::futures::detail {

/// The communicator to the process that has spawned this one as a worker; null where none has. Borrowed.
[[nodiscard]] Comm get_parent(At at);

/// The communicator to workers that this call has spawned, as many as there is room for, at most `wanted` unless that is 0; null where
/// nobody has asked for any.
[[nodiscard]] Comm spawn_workers(int wanted, At at);

}  // namespace MPI4CXX::futures::detail
