#pragma once

#include <mpi4cxx/futures/executor.hpp>
#include <mpi4cxx/intracomm.hpp>

namespace MPI4CXX::futures {

/// A pool of the processes of a communicator, for the duration of a scope: `if (MPICommExecutor executor{comm, 0}) …`.
/// On `root` the object is an executor and converts to true. The other processes are its workers: they stay in the constructor until the
/// executor on `root` is destroyed. Then the object converts to false there, and all processes go on.
class MPI4CXX_API MPICommExecutor : public Executor {
public:
    /// Calls MPI_Comm_dup, MPI_Comm_split (MPI-4.0, 7.4.2), MPI_Gather (MPI-4.0, 6.5). Collective.
    explicit MPICommExecutor(const Intracomm& comm = COMM_WORLD, int root = 0, const PoolOptions& options = {}, At at = {});
    ~MPICommExecutor();
    /// Return whether this process is the root.
    explicit operator bool() const noexcept { return is_root_; }

private:
    bool is_root_;
};

/// In a task of a pool of processes, return the communicator of the workers. Tasks can use it together if there are as many tasks as workers and
/// each task begins with a Barrier.
[[nodiscard]] MPI4CXX_API const Intracomm& get_comm_workers(At at = {});

}  // namespace MPI4CXX::futures
