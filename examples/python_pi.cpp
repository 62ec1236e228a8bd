// Pi as an integral. Any rank may be one of Python: mpiexec -n 3 python3 pi.py : -n 1 ./python_pi
//     first, last = comm.scatter(shares, root=0)
//     pi = comm.reduce(part, op=MPI.SUM, root=0)
#include <mpi4cxx/mpi4cxx.hpp>
#include <mpi4cxx/python.hpp>

#include <cmath>
#include <cstdio>
#include <numbers>
#include <stdexcept>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

using Share = std::pair<long, long>;  // the first step, and the one behind the last

static double integrate(const Share& share, double dx) {
    double sum = 0;
    for (long i = share.first; i < share.second; ++i) {
        const double x = (static_cast<double>(i) + 0.5) * dx;
        sum += 4 / (1 + x * x);
    }
    return sum * dx;
}

int main(int argc, char** argv) {
    const MPI::Environment environment(argc, argv);
    const MPI::PickleComm py(MPI::COMM_WORLD);
    const long nsteps = 200'000, size = py.size();
    std::vector<Share> shares;
    if (py.rank() == 0)
        for (long p = 0; p < size; ++p) shares.emplace_back(nsteps * p / size, nsteps * (p + 1) / size);

    const auto share = py.scatter(shares, 0);
    const auto pi = py.reduce(integrate(share, 1 / static_cast<double>(nsteps)), MPI::SUM, 0);
    if (pi && !(std::abs(*pi - std::numbers::pi) < 1e-9))
        throw std::runtime_error("this is not pi");
    if (pi)
        std::printf("pi is %.9f\n", *pi);
}
