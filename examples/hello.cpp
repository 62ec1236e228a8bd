// A greeting from every rank, an object gathered, a number reduced
//     print('Hello from process {} out of {} on {}'.format(comm.rank, comm.size, MPI.Get_processor_name()))
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();
    const std::string name = MPI::Get_processor_name();
    std::printf("Hello from process %d out of %d on %s\n", rank, size, name.c_str());

    const std::vector<std::string> names = comm.gather(name, 0);  // lowercase: any object
    int sum = 0;
    comm.Allreduce(rank, sum, MPI::SUM);  // uppercase: typed buffers
    if (std::ssize(names) != (rank == 0 ? size : 0) || sum != size * (size - 1) / 2)
        throw std::runtime_error("a rank is missing");
}
