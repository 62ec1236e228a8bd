// A parameter sweep: the best of a grid of parameters, each tried by a worker. In a batch script: srun -n 17 pool_sweep
//     futures = {executor.submit(simulate, damping, mass): (damping, mass) for …}
//     for future in as_completed(futures):
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

struct Trial {
    double damping, mass, settled;  // settled: when the oscillation has died away, s
};

/// A mass on a spring, let go at 1 m.
static Trial simulate(double damping, double mass) {
    constexpr double stiffness = 10, step = 1e-4;
    double place = 1, speed = 0, settled = 0;
    for (int i = 0; i < 300'000; ++i) {
        speed -= step * (stiffness * place + damping * speed) / mass;
        place += step * speed;
        if (std::abs(place) > 0.02)
            settled = i * step;
    }
    return {damping, mass, settled};
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    MPI::futures::MPIPoolExecutor executor;

    std::vector<MPI::futures::Future<Trial>> trials;
    for (double damping = 1; damping <= 10; damping += 1)
        for (double mass = 0.5; mass <= 2; mass += 0.5) trials.push_back(executor.submit(simulate, damping, mass));

    Trial best{0, 0, 1e9};
    std::size_t done = 0;
    for (const auto& future : MPI::futures::as_completed(trials)) {
        const Trial& trial = future.result();
        if (trial.settled < best.settled) {
            best = trial;
            std::printf("%2zu of %zu: damping %4.1f, mass %.1f settles in %.2f s\n", done + 1, trials.size(), best.damping, best.mass, best.settled);
        }
        ++done;
    }
    if (done != trials.size() || best.settled > 3)
        throw std::runtime_error("one of them settles in less than 3 s");
}
