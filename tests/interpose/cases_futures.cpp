#include "case.hpp"

#include <mpi4cxx/futures.hpp>

#include <cstdlib>
#include <string>

namespace MPI = mpi4cxx;
using namespace mpi4cxx::futures;

TEST_CASE("An executor that cannot be made is an Exception with name, code and place", "[interposed]") {
    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Comm_get_parent", "", [](MPI::Count) { const MPIPoolExecutor executor; }),  // on all ranks, before they meet
    }) {
        setenv("MPI4CXX_FUTURES_SPAWNED", "1", 1);  // as in a worker that an executor has started
        check(c);
        unsetenv("MPI4CXX_FUTURES_SPAWNED");
    }
    // clang-format on
}

TEST_CASE("A pool whose communication fails is broken: its futures say why, and the workers go on", "[interposed]") {
    if (MPI::COMM_WORLD.size() == 1)
        return;
    for (const char* function : {"MPI_Isend", "MPI_Improbe", "MPI_Imrecv", "MPI_Get_count", "MPI_Test", "MPI_Testany"}) {
        INFO(function);
        if (MPICommExecutor executor{MPI::COMM_WORLD, 0}) {
            CHECK(executor.submit([](int x) { return x; }, 1).result() == 1);
            (void)failures();
            if (fail_next(function, code) == 0)
                fail_next(large_twin(function).c_str(), code);
            const auto broken = executor.submit([](int x) { return x; }, 2);
            const auto message = thrown<BrokenExecutor>([&] {
                (void)broken.result(20.0);
                for (int i = 0; i < 100; ++i) (void)executor.submit([](int x) { return x; }, i).result(20.0);
            });
            CHECK(contains(message, "the pool is broken: " + std::string(function)));
            CHECK(contains(thrown<BrokenExecutor>([&] { (void)executor.submit([] {}).result(20.0); }), "the pool is broken"));
            CHECK(failures() == 1);
        }
        MPI::COMM_WORLD.Barrier();
    }
}
