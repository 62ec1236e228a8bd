// A pool of processes, and which of them did what
//     pool = multiprocessing.Pool(processes=3)
//     pool.map(task, [1, 2, 3, 4, 5, 6, 7, 8])
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

static std::pair<int, int> task(int argument) { return {getpid(), argument}; }

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    MPI::futures::Pool pool(3);
    std::printf("This pool has %d workers\n", pool.num_workers());

    const std::vector<std::pair<int, int>> results = pool.map(task, std::vector{1, 2, 3, 4, 5, 6, 7, 8}, 1);
    for (int expected = 1; const auto& [pid, argument] : results) {
        std::printf("(%d, %d)\n", pid, argument);
        if (argument != expected++)
            throw std::runtime_error("the results are not in order");
    }
    pool.close();
    pool.join();
}
