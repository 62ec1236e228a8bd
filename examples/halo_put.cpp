// Exchange the edges of a field with the neighbours in a ring: each rank puts its own into the ghost cells of the others
//     win = MPI.Win.Create(field, field.itemsize, comm=comm); win.Fence(); win.Put(field[1:2], left, cells + 1); win.Fence()
#include <mpi4cxx/mpi4cxx.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.rank(), size = comm.size(), left = (rank + size - 1) % size, right = (rank + 1) % size;

    constexpr std::size_t cells = 8;
    std::vector<double> field(cells + 2), next(cells + 2);  // the first and the last cell belong to the neighbours
    field[1] = rank == 0 ? 100 : 0;                         // the heat of the whole ring
    const MPI::Win win = MPI::Win::Create(field, comm);
    for (int step = 0; step < 200; ++step) {
        {
            const auto epoch = win.fence();  // nobody reads the old ghost cells any more
            win.Put(field[1], left, cells + 1);
            win.Put(field[cells], right, 0);
        }  // all ghost cells are there
        for (std::size_t i = 1; i <= cells; ++i) next[i] = field[i] + (field[i - 1] - 2 * field[i] + field[i + 1]) / 4;
        for (std::size_t i = 1; i <= cells; ++i) field[i] = next[i];  // the window stays where it is: no swap
    }

    double heat = 0, all_heat = 0;
    for (std::size_t i = 1; i <= cells; ++i) heat += field[i];
    comm.Allreduce(heat, all_heat);
    if (std::abs(all_heat - 100) > 1e-9 || heat <= 0)
        throw std::runtime_error("heat is lost or has not come to this rank");
    if (rank == 0)
        std::printf("rank 0 has %.3f of %.3f\n", heat, all_heat);
}
