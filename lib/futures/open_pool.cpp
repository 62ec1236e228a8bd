// Starts worker pools: of processes, of spawned processes, of threads.
#include "futures/open_pool.hpp"

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/environment.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/intracomm.hpp>

#include "communicators/serving.hpp"
#include "futures/done_callbacks.hpp"
#include "futures/mpi_transport.hpp"
#include "futures/pool_progress.hpp"
#include "futures/spawn.hpp"
#include "futures/thread_transport.hpp"
#include "futures/worker.hpp"
#include "futures/worker_pool.hpp"
#include "runtime/finalize.hpp"
#include "runtime/settings.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>

namespace MPI4CXX::futures::detail {

namespace {

std::shared_ptr<WorkerPool>& shared = *new std::shared_ptr<WorkerPool>;

/// Returns the number of workers that the program or the environment asks for; 0 if neither does.
int wanted_workers(const PoolOptions& options) {
    return options.max_workers > 0 ? options.max_workers : std::atoi(mpi4cxx::detail::setting("MPI4CXX_FUTURES_MAX_WORKERS").c_str());
}

std::shared_ptr<ExecutorState> make_executor_state(std::shared_ptr<WorkerPool> pool, const PoolOptions& options, int wanted) {
    const int workers = wanted > 0 ? std::min(wanted, pool->size()) : pool->size();
    return std::make_shared<ExecutorState>(std::move(pool), options, workers);
}

/// Runs when rank 0 finalizes MPI: waits for the tasks, then lets the workers finalize.
void end_shared_pool() {
    if (shared != nullptr)
        shared->end();
    shared = nullptr;
    mpi4cxx::detail::others_serve = false;
}

void set_shared_pool(std::unique_ptr<MpiManagerTransport> transport, At at) {
    const MpiManagerTransport& checked = *transport;
    shared = std::make_shared<WorkerPool>(std::move(transport), false);
    register_pool(shared);
    mpi4cxx::detail::at_finalize(end_shared_pool);
    checked.check_programs(at);
}

std::atomic<bool> ends_private_pools = false;  // whether MPI_Finalize is going to

/// Runs when a root finalizes MPI: ends the pools of executors that still live, since their workers would wait for ever.
void end_private_pools() {
    ends_private_pools = false;
    while (const std::shared_ptr<WorkerPool> pool = pool_of_processes(true)) pool->end();
}

[[noreturn]] void finalize_and_exit() {
    std::fflush(stdout);
    MPI_Finalize();
    std::exit(EXIT_SUCCESS);
}

}  // namespace

void check_options(const PoolOptions& options, mpi4cxx::detail::Caller caller) {
    const auto check = [caller](int value, const char* name) {
        if (value < 0)
            mpi4cxx::detail::misuse(caller, std::string(name) + " is " + std::to_string(value) + ", it must not be negative");
    };
    check(options.max_workers, "max_workers");
    check(options.prefetch, "prefetch");
    check(options.retries, "retries");
    check(options.threads, "threads");
    (void)options.initializer.task();  // throws if it cannot be sent, on all processes: none serves yet
}

void refuse_both_kinds(bool is_private, mpi4cxx::detail::Caller caller) {
    if (pool_of_processes(!is_private) != nullptr)
        mpi4cxx::detail::misuse(caller, is_private ? "the other processes serve MPIPoolExecutor until MPI ends: they cannot come here"
                                                   : "other processes serve an MPICommExecutor: they come here only when that has ended");
}

void refuse_in_task(mpi4cxx::detail::Caller caller) {
    if (in_task() && !in_callback())  // a task that waits may run continuations, for which no worker waits
        mpi4cxx::detail::misuse(caller, "a task cannot make an executor: its worker would wait for workers that wait for it");
}

std::shared_ptr<ExecutorState> open_private_pool(std::unique_ptr<ManagerTransport> transport, const PoolOptions& options) {
    auto pool = std::make_shared<WorkerPool>(std::move(transport), true);
    register_pool(pool);
    if (pool_of_processes(true) != nullptr && !ends_private_pools.exchange(true))
        mpi4cxx::detail::at_finalize(end_private_pools);
    return make_executor_state(std::move(pool), options, options.max_workers);
}

std::shared_ptr<ExecutorState> open_thread_pool(const PoolOptions& options, At at) {
    const int wanted = wanted_workers(options);
    const int threads = wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return open_private_pool(std::make_unique<ThreadManagerTransport>(threads, COMM_WORLD.Get_rank(at), Get_processor_name(at)), options);
}

std::shared_ptr<ExecutorState> open_shared_pool(const PoolOptions& options, At at) {
    const mpi4cxx::detail::Caller caller(at, "MPIPoolExecutor");
    refuse_in_task(caller);
    if (!mpi4cxx::detail::is_running())
        mpi4cxx::detail::misuse(caller, "make an mpi4cxx::Environment first");
    refuse_both_kinds(false, caller);
    check_options(options, caller);
    const int wanted = wanted_workers(options);
    if (shared != nullptr)
        return make_executor_state(shared, options, wanted);
    if (Intercomm manager = get_manager(at); !manager.is_null()) {
        run_spawned_worker(std::move(manager), at);
        finalize_and_exit();
    }
    if (COMM_WORLD.Get_size(at) == 1) {
        Intercomm spawned = spawn_workers(wanted, at);
        if (spawned.is_null())
            return open_thread_pool(options, at);
        set_shared_pool(std::make_unique<MpiManagerTransport>(std::move(spawned), at), at);
    } else {
        Intracomm own = COMM_WORLD.Dup(at);
        if (COMM_WORLD.Get_rank(at) != 0) {
            run_mpi_worker(std::move(own), 0, at);
            finalize_and_exit();
        }
        mpi4cxx::detail::others_serve = true;
        set_shared_pool(std::make_unique<MpiManagerTransport>(std::move(own), 0, at), at);
    }
    return make_executor_state(shared, options, wanted);
}

}  // namespace MPI4CXX::futures::detail
