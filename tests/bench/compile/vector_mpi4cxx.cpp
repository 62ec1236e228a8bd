#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <vector>

int main(int argc, char** argv) {
    const mpi4cxx::Environment env(argc, argv);
    const auto& comm = mpi4cxx::COMM_WORLD;
    std::vector<double> data(100);
    if (comm.Get_rank() == 0)
        comm.Send(data, 1, 0);
    if (comm.Get_rank() == 1)
        comm.Recv(data, 0, 0);
    std::printf("%g\n", data[99]);
}
