#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/futures/options.hpp>

#include "futures/executor_state.hpp"
#include "futures/transport.hpp"

#include <memory>

namespace MPI4CXX::futures::detail {

/// A client of the workers that all executors of this program share. On a process that is a worker it serves, and does not return.
std::shared_ptr<ExecutorState> open_shared_pool(const PoolOptions& options, At at);
/// One of threads of its own.
std::shared_ptr<ExecutorState> open_thread_pool(const PoolOptions& options, At at);
/// One of workers of its own.
std::shared_ptr<ExecutorState> open_private_pool(std::unique_ptr<ManagerTransport> transport, const PoolOptions& options);

/// Throws where a task makes an executor.
void refuse_in_task(mpi4cxx::detail::Caller caller);

}  // namespace MPI4CXX::futures::detail
