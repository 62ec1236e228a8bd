// An array broadcast to all ranks, as an object: only the root knows its length
//     data = np.arange(4.0) if rank == 0 else None
//     data = comm.bcast(data, root=0)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

/// Whole numbers as NumPy prints them: [0. 1. 2. 3.]
static std::string str(const std::vector<double>& array) {
    std::ostringstream text;
    for (const double x : array) text << (text.tellp() > 0 ? " " : "[") << x << ".";
    return text.str() + "]";
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank();

    std::vector<double> data;
    if (rank == 0)
        data = {0, 1, 2, 3};
    data = comm.bcast(data, 0);

    std::printf("Process %d %s data: %s\n", rank, rank == 0 ? "broadcast" : "received", str(data).c_str());
    if (data != std::vector<double>{0, 1, 2, 3})
        throw std::runtime_error("this is not what the root has broadcast");
}
