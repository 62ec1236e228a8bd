// Tutorial, chapter 10: tasks in place of messages
//     with MPIPoolExecutor() as executor:
//         for result in executor.map(is_prime, range(1, 100)): …
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <numeric>
#include <vector>

namespace MPI = mpi4cxx;

static bool is_prime(int n) {
    for (int divisor = 2; divisor * divisor <= n; ++divisor)
        if (n % divisor == 0)
            return false;
    return n > 1;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    MPI::futures::MPIPoolExecutor executor;  // rank 0 goes on; the others work until it is destroyed

    std::vector<int> numbers(99);
    std::iota(numbers.begin(), numbers.end(), 1);
    int primes = 0;
    for (const bool prime : executor.map(is_prime, numbers)) primes += prime ? 1 : 0;  // in the order of the numbers

    const auto large = executor.submit(is_prime, 1'000'003);  // one task: a future
    std::printf("%d primes below 100; 1000003 is %s\n", primes, large.result() ? "another" : "none");
}
