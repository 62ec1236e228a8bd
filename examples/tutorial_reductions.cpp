// Tutorial, chapter 6: combine what the ranks have
//     total = comm.allreduce(rank, op=MPI.SUM)
//     comm.Allreduce(part, sums, op=MPI.SUM)
//     words = comm.reduce([name], op=lambda a, b: a + b)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.rank();

    const int total = comm.allreduce(rank, MPI::SUM);  // one object of each rank

    const std::vector<double> part{1, 0.5 * rank};
    std::vector<double> sums(2);
    comm.Allreduce(part, sums, MPI::SUM);  // element by element

    const auto join = [](const std::string& a, const std::string& b) { return a + "-" + b; };
    const std::optional<std::string> names = comm.reduce("r" + std::to_string(rank), join, 0);  // in the order of ranks; on rank 0 only
    if (names)
        std::printf("total %d, sums %g and %g, %s\n", total, sums[0], sums[1], names->c_str());
}
