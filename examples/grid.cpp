// A number goes round a ring of processes, each of which knows its neighbours
//     cart = comm.Create_cart([size], periods=[True])
//     source, dest = cart.Shift(0, 1)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <stdexcept>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const int size = MPI::COMM_WORLD.Get_size();

    const MPI::Cartcomm ring = MPI::COMM_WORLD.Create_cart({size}, {true});
    const auto [source, dest] = ring.Shift(0, 1);

    int number = ring.rank();
    for (int step = 1; step < size; ++step) number = ring.sendrecv<int>(number, dest, step, source, step);

    std::printf("Process %d received %d last\n", ring.rank(), number);
    if (number != (ring.rank() + 1) % size)
        throw std::runtime_error("the number has not gone round");
}
