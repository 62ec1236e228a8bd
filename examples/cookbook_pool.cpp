// A recipe for the pool: master and workers, without a message
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

// How do I hand out work without writing a master or a worker?
static int square(int x) { return x * x; }

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    MPI::futures::MPIPoolExecutor executor;  // rank 0 goes on, the others work until it is destroyed
    std::vector<int> tasks(20);
    std::iota(tasks.begin(), tasks.end(), 0);
    int sum = 0;
    for (const int result : executor.map(square, tasks)) sum += result;  // in the order of the tasks
    if (sum != 2470)
        throw std::runtime_error("a square is missing");
    std::printf("the sum is %d\n", sum);
}
