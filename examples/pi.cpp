// Pi as an integral: shares of the steps scattered, their sums gathered, and then reduced
//     data = comm.scatter(data, root=0)
//     partial_pi = comm.gather(partial_pi, root=0)
//     pi = comm.reduce(partial_pi, op=MPI.SUM, root=0)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cmath>
#include <cstdio>
#include <numbers>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

using Steps = std::pair<long, long>;  // from, to

static double integrate(const Steps& steps, double dx) {
    double sum = 0;
    for (long i = steps.first; i < steps.second; ++i) {
        const double x = (static_cast<double>(i) + 0.5) * dx;
        sum += 4 / (1 + x * x);
    }
    return sum * dx;
}

static void report(double pi, double dx, double seconds) {
    const double error = std::abs(pi - std::numbers::pi);
    std::printf("pi computed in %.3f sec\nerror is %.16g\n", seconds, error);
    if (!(error <= dx * dx + 1e-9))
        throw std::runtime_error("this is not pi");
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const long rank = comm.Get_rank(), nprocs = comm.Get_size();
    const long nsteps = argc > 1 ? std::stol(argv[1]) : 10'000'000;
    const double dx = 1 / static_cast<double>(nsteps);
    const auto share = [&](long p) { return Steps(nsteps * p / nprocs, nsteps * (p + 1) / nprocs); };

    double t0 = MPI::Wtime();
    std::vector<Steps> shares;
    if (rank == 0)
        for (long p = 0; p < nprocs; ++p) shares.push_back(share(p));
    const Steps mine = comm.scatter(shares, 0);
    if (mine != share(rank))
        throw std::runtime_error("this is another rank's share");
    const std::vector<double> parts = comm.gather(integrate(mine, dx), 0);
    if (rank == 0)
        report(std::accumulate(parts.begin(), parts.end(), 0.0), dx, MPI::Wtime() - t0);

    t0 = MPI::Wtime();
    if (const auto pi = comm.reduce(integrate(mine, dx), MPI::SUM, 0))
        report(*pi, dx, MPI::Wtime() - t0);
}
