// Reductions: numbers added up, strings joined in the order of ranks, and the largest number with its place
//     total = comm.allreduce(rank, op=MPI.SUM)
//     comm.Allreduce(part, total, op=MPI.SUM)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();

    const int total = comm.allreduce(rank, MPI::SUM);
    const std::optional<int> highest = comm.reduce(rank, MPI::MAX, 0);  // engaged on rank 0 only

    const std::vector<double> part{1.0 * rank, 2.0 * rank};
    std::vector<double> sums(2);
    comm.Allreduce(part, sums, MPI::SUM);

    const std::string separator = "-";
    const auto join = [&](const std::string& a, const std::string& b) { return a + separator + b; };
    const std::string ranks = comm.allreduce(std::to_string(rank), join);

    const std::pair<double, int> value{rank % 2 == 0 ? rank : -rank, rank};
    const auto [largest, owner] = comm.allreduce(value, MPI::MAXLOC);

    const int sum = size * (size - 1) / 2, even = (size - 1) / 2 * 2;
    if (rank == 0)
        std::printf("%d, %g and %g, %s, %g of rank %d\n", total, sums[0], sums[1], ranks.c_str(), largest, owner);
    if (total != sum || sums != std::vector<double>{1.0 * sum, 2.0 * sum} || highest != (rank == 0 ? std::optional(size - 1) : std::nullopt) ||
        owner != even || largest != even || ranks.substr(0, 3) != std::string("0-1").substr(0, ranks.size()))
        throw std::runtime_error("the sums are wrong");
}
