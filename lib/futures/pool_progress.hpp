#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <memory>

namespace MPI4CXX::futures::detail {

class WorkerPool;

/// All crews of this process are driven by whoever waits, and by a thread where nobody does.
void register_pool(const std::shared_ptr<WorkerPool>& pool);
void unregister_pool(const WorkerPool& pool);
/// There is something to drive.
void wake_progress_thread();

}  // namespace MPI4CXX::futures::detail
