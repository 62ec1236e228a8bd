// The sum of a vector: every rank reads and adds up its slice, and all get the sum of these sums
//     locsum = np.sum(a[rank*m:(rank+1)*m])
//     comm.Allreduce([locsum, MPI.DOUBLE], [rcvBuf, MPI.DOUBLE], op=MPI.SUM)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cmath>
#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

static double sum(const std::vector<double>& a) { return std::accumulate(a.begin(), a.end(), 0.0); }

static double psum(const MPI::Intracomm& comm, const std::string& path) {
    const double local = sum(MPI::npy::load<double>(comm, path).data);
    double total = 0;
    comm.Allreduce(local, total, MPI::SUM);  // or {&local, 1, MPI::DOUBLE}, {&total, 1, MPI::DOUBLE}
    return total;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const std::string path = argc > 1 ? argv[1] : EXAMPLE_DATA "/random-vector-4096.npy";
    const double s = psum(MPI::COMM_WORLD, path), serial = sum(MPI::npy::load<double>(MPI::COMM_SELF, path).data);

    if (MPI::COMM_WORLD.Get_rank() == 0)
        std::printf("sum = %.12g, serial sum = %.12g\n", s, serial);
    if (!(std::abs(s - serial) <= 1e-8 + 1e-5 * std::abs(serial)))
        throw std::runtime_error("the sums differ");
}
