// The average of many numbers, from the averages of equal chunks
//     chunk = comm.scatter(chunks, root=0)
//     all_avgs = comm.gather(local_avg, root=0)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

static double average(const std::vector<double>& data) { return std::accumulate(data.begin(), data.end(), 0.0) / static_cast<double>(data.size()); }

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();

    std::vector<std::vector<double>> chunks;  // 1 to 5, 6 to 10, …
    if (rank == 0)
        for (int first = 1; first < size * 5; first += 5) {
            chunks.emplace_back(5);
            std::iota(chunks.back().begin(), chunks.back().end(), first);
        }
    const std::vector<double> chunk = comm.scatter(chunks, 0);

    const double local_avg = average(chunk);
    std::printf("Rank %d calculated local average: %.1f\n", rank, local_avg);
    if (local_avg != 5 * rank + 3)
        throw std::runtime_error("the local average is wrong");

    const std::vector<double> all_avgs = comm.gather(local_avg, 0);
    if (rank == 0) {
        const double global_avg = average(all_avgs);
        std::printf("Global average across all data: %.1f\n", global_avg);
        if (global_avg != (5 * size + 1) / 2.0)
            throw std::runtime_error("the global average is wrong");
    }
}
