#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <string>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    std::puts(MPI::COMM_WORLD.bcast(std::string("mpi4cxx works"), 0).c_str());
}
