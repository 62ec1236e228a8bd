#include <mpi4cxx/futures/mpi_pool_executor.hpp>

#include "futures/open_pool.hpp"

namespace MPI4CXX::futures {

MPIPoolExecutor::MPIPoolExecutor(const PoolOptions& options, At at) { open(detail::open_shared_pool(options, at)); }

MPIPoolExecutor::~MPIPoolExecutor() { close(); }

}  // namespace MPI4CXX::futures
