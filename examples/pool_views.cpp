// 64 tasks of random delays, dealt out before they begin or one by one: pictures of which worker did which task when
//     dview.map_sync(delay, delays)
//     lbview.map_sync(delay, delays)
// Writes pool-direct.svg, pool-balanced.svg and pool-balanced.json. Argument: the longest delay in ms.
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

namespace MPI = mpi4cxx;

static double delay(double seconds) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    return seconds;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const double longest = 1e-3 * (argc > 1 ? std::atof(argv[1]) : 30);
    MPI::futures::MPIPoolExecutor executor({.prefetch = 1});  // a task that waits for a long one could run elsewhere

    std::mt19937 random(5);
    std::vector<double> delays(64);
    for (double& seconds : delays) seconds = std::uniform_real_distribution(0.0, longest)(random);
    const auto timed = [&](auto view, const char* name) {
        const double start = MPI::Wtime();
        const std::vector<double> slept = view.map({.chunksize = 1}, delay, delays).list();
        std::printf("%-9s %.3f s\n", name, MPI::Wtime() - start);
        if (slept != delays)
            throw std::runtime_error("the results are not those of the tasks");
    };
    timed(executor.direct(), "direct");
    executor.trace("pool-direct.svg");
    timed(executor.balanced(), "balanced");
    executor.trace("pool-balanced.svg");
    timed(executor.balanced(), "balanced");
    executor.trace("pool-balanced.json");  // for https://ui.perfetto.dev
}
