// The sum of the products of two ranges, by a pool of processes
//     with MPIPoolExecutor() as executor:
//         results = executor.map(product, a, b)
//     total = reduce(sum, results)
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

/// The product of the arguments.
static int product(int x, int y) { return x * y; }

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    MPI::futures::MPIPoolExecutor executor;  // rank 0 goes on, the others are its workers

    std::vector<int> a(100), b(100);
    std::iota(a.begin(), a.end(), 1);
    std::iota(b.begin(), b.end(), 101);

    int total = 0;
    for (const int value : executor.map(product, a, b)) total += value;

    std::printf("Sum of the products equals %d\n", total);
    if (total != 843350)
        throw std::runtime_error("the sum of the products is 843350");
}
