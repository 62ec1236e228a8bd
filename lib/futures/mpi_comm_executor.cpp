#include <mpi4cxx/futures/mpi_comm_executor.hpp>

#include <mpi4cxx/error.hpp>

#include "futures/mpi_transport.hpp"
#include "futures/open_pool.hpp"
#include "futures/worker_pool.hpp"

namespace MPI4CXX::futures {

MPICommExecutor::MPICommExecutor(const Intracomm& comm, int root, const PoolOptions& options, At at) : is_root_(comm.Get_rank(at) == root) {
    if (root < 0 || root >= comm.Get_size(at))
        mpi4cxx::detail::misuse({at, "MPICommExecutor"},
                                "root is " + std::to_string(root) + ", but the communicator has " + std::to_string(comm.Get_size(at)) + " processes");
    detail::refuse_in_task({at, "MPICommExecutor"});
    detail::check_options(options, {at, "MPICommExecutor"});
    if (comm.Get_size(at) > 1)
        detail::refuse_both_kinds(true, {at, "MPICommExecutor"});
    if (comm.Get_size(at) == 1)
        open(detail::open_thread_pool(options, at));
    else if (Intracomm own = comm.Dup(at); is_root_)
        open(detail::open_private_pool(std::make_unique<detail::MpiManagerTransport>(std::move(own), root, at), options));
    else
        detail::run_mpi_worker(std::move(own), root, at);
}

MPICommExecutor::~MPICommExecutor() { close(); }

const Intracomm& get_comm_workers(At at) { return detail::workers_comm(at); }

}  // namespace MPI4CXX::futures
