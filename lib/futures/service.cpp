#include "futures/service.hpp"

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/environment.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/intracomm.hpp>

#include "futures/crew.hpp"
#include "futures/crews.hpp"
#include "futures/mpi_link.hpp"
#include "futures/spawn.hpp"
#include "futures/thread_link.hpp"
#include "futures/worker.hpp"
#include "runtime/finalize.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>

namespace MPI4CXX::futures::detail {

namespace {

std::shared_ptr<Crew>& shared = *new std::shared_ptr<Crew>;

/// What the program asks for, or the environment; 0 where neither does.
int wanted_workers(const PoolOptions& options, At at) {
    if (options.max_workers < 0)
        mpi4cxx::detail::misuse({at, "MPIPoolExecutor"}, "max_workers is " + std::to_string(options.max_workers) + ", it must be positive");
    const char* const variable = std::getenv("MPI4CXX_FUTURES_MAX_WORKERS");
    return options.max_workers > 0 || variable == nullptr ? options.max_workers : std::max(std::atoi(variable), 0);
}

std::shared_ptr<Client> make_client(std::shared_ptr<Crew> crew, const PoolOptions& options, int wanted) {
    const int workers = wanted > 0 ? std::min(wanted, crew->size()) : crew->size();
    return std::make_shared<Client>(std::move(crew), options, workers);
}

/// While rank 0 finalizes: what it has not waited for is done, then the workers may finalize too.
void end_service() {
    if (shared != nullptr)
        shared->end();
    shared = nullptr;
}

void share(std::unique_ptr<MpiLink> link, At at) {
    const MpiLink& checked = *link;
    shared = std::make_shared<Crew>(std::move(link), false);
    enrol(shared);
    mpi4cxx::detail::at_finalize(end_service);
    checked.check_programs(at);
}

[[noreturn]] void leave() {
    std::fflush(stdout);
    MPI_Finalize();
    std::exit(EXIT_SUCCESS);
}

}  // namespace

void refuse_in_task(mpi4cxx::detail::Caller caller) {
    if (in_task())
        mpi4cxx::detail::misuse(caller, "a task cannot make an executor: its worker would wait for workers that wait for it");
}

std::shared_ptr<Client> private_client(std::unique_ptr<Link> link, const PoolOptions& options) {
    auto crew = std::make_shared<Crew>(std::move(link), true);
    enrol(crew);
    return make_client(std::move(crew), options, options.max_workers);
}

std::shared_ptr<Client> thread_client(const PoolOptions& options, At at) {
    const int wanted = wanted_workers(options, at);
    const int threads = wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return private_client(std::make_unique<ThreadLink>(threads, COMM_WORLD.Get_rank(at), Get_processor_name(at)), options);
}

std::shared_ptr<Client> service_client(const PoolOptions& options, At at) {
    const mpi4cxx::detail::Caller caller(at, "MPIPoolExecutor");
    refuse_in_task(caller);
    if (!mpi4cxx::detail::is_running())
        mpi4cxx::detail::misuse(caller, "make an mpi4cxx::Environment first");
    const int wanted = wanted_workers(options, at);
    if (shared != nullptr)
        return make_client(shared, options, wanted);
    if (const Comm parent = parent_of_this(at); !parent.is_null()) {
        serve_parent(Comm::borrow(parent.handle()), at);
        leave();
    }
    if (COMM_WORLD.Get_size(at) == 1) {
        Comm spawned = spawn_workers(wanted, at);
        if (spawned.is_null())
            return thread_client(options, at);
        share(std::make_unique<MpiLink>(std::move(spawned), at), at);
    } else {
        Intracomm own = COMM_WORLD.Dup(at);
        if (COMM_WORLD.Get_rank(at) != 0) {
            serve_on(std::move(own), 0, at);
            leave();
        }
        share(std::make_unique<MpiLink>(std::move(own), 0, at), at);
    }
    return make_client(shared, options, wanted);
}

}  // namespace MPI4CXX::futures::detail
