// Which of these numbers are primes
//     for number, prime in zip(PRIMES, executor.map(is_prime, PRIMES)):
//         print('%d is prime: %s' % (number, prime))
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

static bool is_prime(std::uint64_t n) {
    if (n < 2 || n % 2 == 0)
        return n == 2;
    for (std::uint64_t i = 3; i * i <= n; i += 2)
        if (n % i == 0)
            return false;
    return true;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    MPI::futures::MPIPoolExecutor executor;

    const std::vector<std::uint64_t> numbers{112272535095293, 112582705942171, 112272535095293, 115280095190773, 115797848077099, 1099726899285419};
    auto number = numbers.begin();
    int primes = 0;
    for (const bool prime : executor.map(is_prime, numbers)) {
        std::printf("%llu is prime: %s\n", static_cast<unsigned long long>(*number++), prime ? "true" : "false");
        primes += prime ? 1 : 0;
    }
    if (primes != 5)
        throw std::runtime_error("five of them are primes");
}
