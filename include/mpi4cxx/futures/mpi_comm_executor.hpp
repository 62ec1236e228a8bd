#pragma once

#include <mpi4cxx/futures/executor.hpp>
#include <mpi4cxx/intracomm.hpp>

namespace MPI4CXX::futures {

/// A pool of the processes of a communicator for the time of a scope:
/// `if (MPICommExecutor executor{comm, 0}) …`: on `root` the executor, while the others serve in the constructor until it is gone;
/// then it is false there, and all go on.
class MPI4CXX_API MPICommExecutor : public Executor {
public:
    /// Calls MPI_Comm_dup, MPI_Comm_split (MPI-4.0, 7.4.2), MPI_Gather (MPI-4.0, 6.5). Collective.
    explicit MPICommExecutor(const Intracomm& comm = COMM_WORLD, int root = 0, const PoolOptions& options = {}, At at = {});
    ~MPICommExecutor();
    /// Whether this process is the root.
    explicit operator bool() const noexcept { return is_root_; }

private:
    bool is_root_;
};

/// In a task of a pool of processes: the communicator of its workers. As many tasks as there are workers, each in a Barrier first,
/// can work together over it.
[[nodiscard]] MPI4CXX_API const Intracomm& get_comm_workers(At at = {});

}  // namespace MPI4CXX::futures
