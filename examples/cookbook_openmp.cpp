// A recipe for OpenMP: threads compute, one of them calls MPI
#include <mpi4cxx/mpi4cxx.hpp>

#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace MPI = mpi4cxx;

// How do I use OpenMP and MPI together?
int main(int argc, char** argv) {
    MPI::Environment env(argc, argv, MPI::THREAD_FUNNELED);  // only the thread that makes this calls MPI
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    constexpr int all = 120'000;
    double part = 0;
#pragma omp parallel for reduction(+ : part)
    for (int i = comm.rank(); i < all; i += comm.size()) {
        const double x = (i + 0.5) / all;
        part += 4 / (1 + x * x);
    }
    const double pi = comm.allreduce(part) / all;  // outside the parallel region
    if (std::abs(pi - 3.14159265) > 1e-6)
        throw std::runtime_error("this is not pi");
    if (comm.rank() == 0)
        std::printf("pi is %.6f\n", pi);
}
