// Join vectors of different lengths on every process. With mpi4py the program gathers the counts first and computes the displacements.
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace MPI = mpi4cxx;

std::vector<double> join(const MPI::Comm& comm, const std::vector<double>& part) {
    //> START
    return comm.Allgatherv(part);
    //> END
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::vector<double> whole = join(comm, std::vector<double>(static_cast<std::size_t>(comm.rank()) + 1, comm.rank()));
    std::vector<double> expected;
    for (int i = 0; i < comm.size(); ++i) expected.insert(expected.end(), static_cast<std::size_t>(i) + 1, i);
    if (comm.rank() == 0)
        std::printf("%zu numbers of %d processes\n", whole.size(), comm.size());
    return whole == expected ? EXIT_SUCCESS : EXIT_FAILURE;
}
