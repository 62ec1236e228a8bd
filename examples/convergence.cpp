// How fast an integral, a series and random numbers converge to pi, with more and more steps shared by all ranks
//     pi = comm.reduce(part, op=MPI.SUM, root=0)
// Writes pi.svg: the error over the number of steps. Argument: the largest number of steps
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "plot.hpp"

namespace MPI = mpi4cxx;

/// The integral of 4 / (1 + x * x) from 0 to 1, by the midpoint rule.
static double integral(long i, double steps) {
    const double x = (static_cast<double>(i) + 0.5) / steps;
    return 4 / (1 + x * x) / steps;
}
static double series(long i, double) { return (i % 2 == 0 ? 4 : -4) / (2 * static_cast<double>(i) + 1); }
/// Every rank throws darts of its own.
static double darts(long, double steps) {
    static std::mt19937 generator(static_cast<unsigned>(MPI::COMM_WORLD.Get_rank()));
    const double x = std::uniform_real_distribution()(generator), y = std::uniform_real_distribution()(generator);
    return x * x + y * y < 1 ? 4 / steps : 0;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const long rank = comm.Get_rank(), size = comm.Get_size(), most = argc > 1 ? std::stol(argv[1]) : 1 << 20;

    const auto errors = [&](const char* name, double (*term)(long, double)) {
        plot::Line line{name, {}, {}};
        for (long steps = 1; steps <= most; steps *= 4) {
            double part = 0;
            for (long i = rank; i < steps; i += size) part += term(i, static_cast<double>(steps));
            const auto pi = comm.reduce(part, MPI::SUM, 0);
            line.x.push_back(static_cast<double>(steps));
            line.y.push_back(pi ? std::max(std::abs(*pi - std::numbers::pi), 1e-16) : 1);
        }
        if (rank == 0)
            std::printf("%-9s off by %.1e after %.0f steps\n", name, line.y.back(), line.x.back());
        return line;
    };
    const std::vector<plot::Line> lines{errors("darts", darts), errors("series", series), errors("integral", integral)};
    if (rank != 0)
        return 0;
    const double steps = lines[0].x.back();
    if (lines[0].y.back() > 8 / std::sqrt(steps) || lines[1].y.back() > 1.01 / steps || lines[2].y.back() > 0.1 / steps / steps + 1e-12)
        throw std::runtime_error("this is not pi");
    plot::lines("pi.svg", "How far from pi", {"steps", true}, {"error", true}, lines);
}
