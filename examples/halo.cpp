// Exchange the edges of a grid with the neighbours in a ring: a column of a matrix is a datatype, so nothing is copied by hand.
// mpi4py: MPI.DOUBLE.Create_subarray([rows, columns], [rows, 1], [0, 1]).Commit()
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.rank(), size = comm.size(), left = (rank + size - 1) % size, right = (rank + 1) % size;

    constexpr int rows = 4, columns = 6;  // the first and the last column belong to the neighbours
    std::vector<double> grid(rows * columns, rank);
    const auto column = [](int number) { return MPI::DOUBLE.Create_subarray({rows, columns}, {rows, 1}, {0, number}).Commit(); };
    const MPI::Datatype ghost_left = column(0), own_left = column(1), own_right = column(columns - 2), ghost_right = column(columns - 1);

    comm.Sendrecv({grid.data(), 1, own_left}, left, 0, {grid.data(), 1, ghost_right}, right);
    comm.Sendrecv({grid.data(), 1, own_right}, right, 0, {grid.data(), 1, ghost_left}, left);

    bool good = true;
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) good &= grid[i * columns + j] == (j == 0 ? left : j == columns - 1 ? right : rank);
    if (rank == 0)
        std::printf("row 0: %g %g … %g %g\n", grid[0], grid[1], grid[columns - 2], grid[columns - 1]);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
