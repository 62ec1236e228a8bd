// Tutorial, chapter 7: groups of ranks, and grids
//     half = comm.Split(rank % 2, rank)
//     grid = comm.Create_cart(MPI.Compute_dims(size, 2), periods=[True, True])
//     source, dest = grid.Shift(0, 1)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;

    const MPI::Intracomm half = comm.Split(comm.rank() % 2, comm.rank());  // even and odd ranks; frees itself
    const std::string text = "rank " + std::to_string(comm.rank()) + " is " + std::to_string(half.rank()) + " of " + std::to_string(half.size());
    for (const std::string& line : comm.gather(text, 0)) std::printf("%s\n", line.c_str());

    const MPI::Cartcomm grid = comm.Create_cart(MPI::Compute_dims(comm.size(), 2), true);  // periodic in both dimensions
    const std::vector<int> place = grid.coords();
    const auto [source, dest] = grid.Shift(0, 1);  // the neighbours in dimension 0
    const int from = grid.sendrecv<int>(grid.rank(), dest, 0, source, 0);
    if (comm.rank() == 0)
        std::printf("(%d, %d) hears from rank %d, to whom it is %s\n", place[0], place[1], from,
                    source == dest ? "both neighbours" : "one neighbour");
}
