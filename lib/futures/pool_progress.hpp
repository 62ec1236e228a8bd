// Progress of all worker pools of this process.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <memory>

namespace MPI4CXX::futures::detail {

class WorkerPool;

/// Adds a pool to those on which waiting threads make progress, and, when no thread waits, the progress thread.
void register_pool(const std::shared_ptr<WorkerPool>& pool);
void unregister_pool(const WorkerPool& pool);
/// Returns an open pool whose workers are other processes, and which belongs to one executor, or to all if not `is_private`; null if there is none.
[[nodiscard]] std::shared_ptr<WorkerPool> pool_of_processes(bool is_private);
/// Wakes the progress thread because there is work.
void wake_progress_thread();

}  // namespace MPI4CXX::futures::detail
