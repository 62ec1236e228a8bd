#pragma once

#include <mpi4cxx/futures/executor.hpp>

namespace MPI4CXX::futures {

/// A pool of the processes that the program was started with: `mpiexec -n 17` gives rank 0 sixteen workers.
/// All processes call the constructor. On rank 0 of COMM_WORLD it returns. The other processes stay in it, work for all executors of the
/// program, and end when rank 0 calls MPI_Finalize. So code before the constructor runs on all processes and code after it on rank 0 only, where
/// collective calls on COMM_WORLD are no longer possible. A single process spawns workers if its MPI was started with room for them
/// (MPI_UNIVERSE_SIZE); otherwise its workers are threads.
class MPI4CXX_API MPIPoolExecutor : public Executor {
public:
    /// Calls MPI_Comm_dup, MPI_Comm_split (MPI-4.0, 7.4.2), MPI_Gather (6.5), perhaps MPI_Comm_spawn (11.8.2). The first call is collective on
    /// COMM_WORLD.
    explicit MPIPoolExecutor(const PoolOptions& options = {}, At at = {});
    ~MPIPoolExecutor();
};

}  // namespace MPI4CXX::futures
