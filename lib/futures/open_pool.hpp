// Starts the workers of an executor, or connects it to the pool that all executors share.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/futures/options.hpp>

#include "futures/executor_state.hpp"
#include "futures/transport.hpp"

#include <memory>

namespace MPI4CXX::futures::detail {

/// Returns an executor state on the workers that all executors of this program share. In a worker process it runs tasks and does not return.
std::shared_ptr<ExecutorState> open_shared_pool(const PoolOptions& options, At at);
/// Returns an executor state on threads of its own.
std::shared_ptr<ExecutorState> open_thread_pool(const PoolOptions& options, At at);
/// Returns an executor state on workers of its own.
std::shared_ptr<ExecutorState> open_private_pool(std::unique_ptr<ManagerTransport> transport, const PoolOptions& options);

/// Throws if an option has a value that is not allowed.
void check_options(const PoolOptions& options, mpi4cxx::detail::Caller caller);
/// Throws if a task makes an executor.
void refuse_in_task(mpi4cxx::detail::Caller caller);
/// Throws if the other processes serve an executor of the other kind, MPICommExecutor or the shared pool of MPIPoolExecutor.
void refuse_both_kinds(bool is_private, mpi4cxx::detail::Caller caller);

}  // namespace MPI4CXX::futures::detail
