// The same random numbers squared and summed up by every rank, and the sums gathered
//     data = comm.bcast(data, root=0)
//     all_results = comm.gather(result, root=0)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <numeric>
#include <random>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank();

    std::vector<int> data;
    if (rank == 0) {
        std::random_device generator;
        std::uniform_int_distribution<int> digit(1, 9);
        std::ostringstream text;
        for (int i = 0; i < 10; ++i) {
            data.push_back(digit(generator));
            text << (i == 0 ? "" : " ") << data.back();
        }
        std::printf("Root has data: [%s]\n", text.str().c_str());
    }
    data = comm.bcast(data, 0);

    const int result = std::inner_product(data.begin(), data.end(), data.begin(), 0);
    std::printf("Rank %d computed result: %d\n", rank, result);
    if (data.size() != 10 || result < 10)
        throw std::runtime_error("these are not the root's numbers");

    const std::vector<int> all_results = comm.gather(result, 0);
    if (rank == 0) {
        const int total = std::accumulate(all_results.begin(), all_results.end(), 0);
        std::printf("Total sum of squares across all ranks: %d\n", total);
        if (total != comm.Get_size() * result)
            throw std::runtime_error("the ranks do not agree");
    }
}
