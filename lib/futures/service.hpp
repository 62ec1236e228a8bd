#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/futures/options.hpp>

#include "futures/client.hpp"
#include "futures/link.hpp"

#include <memory>

namespace MPI4CXX::futures::detail {

/// A client of the workers that all executors of this program share. On a process that is a worker it serves, and does not return.
std::shared_ptr<Client> service_client(const PoolOptions& options, At at);
/// One of threads of its own.
std::shared_ptr<Client> thread_client(const PoolOptions& options, At at);
/// One of workers of its own.
std::shared_ptr<Client> private_client(std::unique_ptr<Link> link, const PoolOptions& options);

/// Throws where a task makes an executor.
void refuse_in_task(mpi4cxx::detail::Caller caller);

}  // namespace MPI4CXX::futures::detail
