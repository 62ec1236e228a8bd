// What the manager does a task: run by `scaling`, rank 0 under callgrind. Argument: chunksize
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <vector>

namespace MPI = mpi4cxx;

static int product(int x, int y) { return x * y; }

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    MPI::futures::MPIPoolExecutor executor;
    std::vector<int> a(20000), b(20000);
    std::iota(a.begin(), a.end(), 0);
    std::iota(b.begin(), b.end(), 7);
    long long sum = 0;
    for (int i = 0; i < 5; ++i)
        for (const int value : executor.map({.chunksize = argc > 1 ? std::atoi(argv[1]) : 1}, product, a, b)) sum += value;
    std::printf("%lld\n", sum);
}
