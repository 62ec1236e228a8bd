#include <boost/mpi.hpp>

#include <cstdio>
#include <vector>

int main(int argc, char** argv) {
    const boost::mpi::environment env(argc, argv);
    const boost::mpi::communicator comm;
    std::vector<double> data(100);
    if (comm.rank() == 0)
        comm.send(1, 0, data.data(), 100);
    if (comm.rank() == 1)
        comm.recv(0, 0, data.data(), 100);
    std::printf("%g\n", data[99]);
}
