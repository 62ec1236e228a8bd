#pragma once

#include <mpi4cxx/futures/executor.hpp>

namespace MPI4CXX::futures {

/// A pool of processes that the program has from the start: `mpiexec -n 17` gives it rank 0 and 16 workers.
/// All processes come to the constructor. On rank 0 of COMM_WORLD it returns; the others stay in it, serve all executors of the
/// program, and end with rank 0's MPI_Finalize. What stands before it in the program all processes do, what follows rank 0 alone, so
/// collective calls on COMM_WORLD cannot. A process alone spawns workers where its MPI was started with room for them
/// (MPI_UNIVERSE_SIZE), else its workers are threads.
class MPI4CXX_API MPIPoolExecutor : public Executor {
public:
    /// Calls MPI_Comm_dup, MPI_Comm_split (MPI-4.0, 7.4.2), MPI_Gather (6.5), perhaps MPI_Comm_spawn (11.8.2). Collective on COMM_WORLD at first.
    explicit MPIPoolExecutor(const PoolOptions& options = {}, At at = {});
    ~MPIPoolExecutor();
};

}  // namespace MPI4CXX::futures
