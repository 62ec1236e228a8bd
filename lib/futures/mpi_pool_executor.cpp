#include <mpi4cxx/futures/mpi_pool_executor.hpp>

#include "futures/service.hpp"

namespace MPI4CXX::futures {

MPIPoolExecutor::MPIPoolExecutor(const PoolOptions& options, At at) { open(detail::service_client(options, at)); }

MPIPoolExecutor::~MPIPoolExecutor() { close(); }

}  // namespace MPI4CXX::futures
