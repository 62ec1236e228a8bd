// The sum of a vector: every rank adds up its slice, and all get the sum of these sums
//     locsum = np.sum(a[rank*m:(rank+1)*m])
//     comm.Allreduce([locsum, MPI.DOUBLE], [rcvBuf, MPI.DOUBLE], op=MPI.SUM)
#include <mpi4cxx/mpi4cxx.hpp>

#include "npy.hpp"

#include <cmath>
#include <cstdio>
#include <numeric>
#include <span>
#include <stdexcept>

namespace MPI = mpi4cxx;

static double sum(std::span<const double> a) { return std::accumulate(a.begin(), a.end(), 0.0); }

static double psum(const MPI::Intracomm& comm, std::span<const double> a) {
    const auto rank = static_cast<std::size_t>(comm.Get_rank()), size = static_cast<std::size_t>(comm.Get_size());
    const std::size_t start = a.size() * rank / size, end = a.size() * (rank + 1) / size;
    const double local = sum(a.subspan(start, end - start));
    double total = 0;
    comm.Allreduce(local, total, MPI::SUM);  // or {&local, 1, MPI::DOUBLE}, {&total, 1, MPI::DOUBLE}
    return total;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const npy::Array a = npy::load(argc > 1 ? argv[1] : npy::sample("random-vector-4096.npy"), 1);
    const double s = psum(MPI::COMM_WORLD, a.data), serial = sum(a.data);

    if (MPI::COMM_WORLD.Get_rank() == 0)
        std::printf("sum = %.12g, serial sum = %.12g\n", s, serial);
    if (!(std::abs(s - serial) <= 1e-8 + 1e-5 * std::abs(serial)))
        throw std::runtime_error("the sums differ");
}
