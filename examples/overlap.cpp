// Neighbours exchange the ends of their parts while each works on what needs no neighbour
//     requests = [comm.Irecv(halo, source=left), comm.Isend(part[-1:], dest=right)]
//     MPI.Request.Waitall(requests)
#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size(), left = (rank + size - 1) % size, right = (rank + 1) % size;

    std::vector<double> part(1000);
    std::iota(part.begin(), part.end(), 1000.0 * rank);

    double halo = -1;
    std::array<MPI::Request, 2> requests{comm.Irecv(halo, left), comm.Isend(part.back(), right)};
    const double inside = std::accumulate(part.begin(), part.end(), 0.0);
    MPI::Request::Waitall(requests);

    std::printf("Process %d: %g inside, %g from the left\n", rank, inside, halo);
    if (halo != 1000.0 * left + 999)
        throw std::runtime_error("this is not the end of the left neighbour's part");
}
