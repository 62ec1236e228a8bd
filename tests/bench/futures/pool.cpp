// The task pool's speed: one manager and its workers, product(x, y) of 20000 pairs.
//     mpiexec -n 3 pool [REPETITIONS]
// Prints the median, and least and most, of the repetitions.
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <thread>
#include <vector>

namespace MPI = mpi4cxx;
using MPI::futures::MPIPoolExecutor;

static int product(int x, int y) { return x * y; }

static double seconds() { return MPI::Wtime(); }

/// Prints the median of what `f` returns, and its range.
template <class F> static void report(const char* what, const char* unit, int repetitions, F f) {
    std::vector<double> values;
    for (int i = 0; i < repetitions; ++i) values.push_back(f());
    std::ranges::sort(values);
    std::printf("%-44s %12.4g %s (%.4g to %.4g)\n", what, values[values.size() / 2], unit, values.front(), values.back());
    std::fflush(stdout);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    MPIPoolExecutor executor;
    const int repetitions = argc > 1 ? std::atoi(argv[1]) : 9;
    std::printf("%d workers\n", executor.num_workers());

    std::vector<int> a(20000), b(20000);
    std::iota(a.begin(), a.end(), 0);
    std::iota(b.begin(), b.end(), 7);
    long long expected = 0;
    for (std::size_t i = 0; i < a.size(); ++i) expected += product(a[i], b[i]);
    const auto rate = [&](int chunksize) {
        return [&, chunksize] {
            const double start = seconds();
            long long sum = 0;
            for (int value : executor.map({.chunksize = chunksize}, product, a, b)) sum += value;
            const double time = seconds() - start;
            if (sum != expected)
                std::abort();
            return static_cast<double>(a.size()) / time;
        };
    };
    (void)rate(1)();
    report("map, chunksize 1", "tasks/s", repetitions, rate(1));
    report("map, chunksize 100", "tasks/s", repetitions, rate(100));
    report("map, chunksize by itself", "tasks/s", repetitions, rate(0));
    report("submit().result()", "us", repetitions, [&] {
        constexpr int n = 2000;
        const double start = seconds();
        for (int i = 0; i < n; ++i)
            if (executor.submit(product, i, 3).result() != 3 * i)
                std::abort();
        return 1e6 * (seconds() - start) / n;
    });
    constexpr std::size_t n = 1000;
    std::vector<double> submits, drains;
    for (int i = 0; i < repetitions; ++i) {
        std::vector<MPI::futures::Future<int>> futures;
        futures.reserve(n);
        const double start = seconds();
        for (std::size_t k = 0; k < n; ++k) futures.push_back(executor.submit(product, a[k], b[k]));
        const double between = seconds();
        for (std::size_t k = 0; k < n; ++k)
            if (futures[k].result() != product(a[k], b[k]))
                std::abort();
        submits.push_back(1e6 * (between - start) / n);
        drains.push_back(1e6 * (seconds() - between) / n);
    }
    std::size_t i = 0, j = 0;
    report("1000 submits at once: each, to submit", "us", repetitions, [&] { return submits[i++]; });
    report("1000 submits at once: each, to drain", "us", repetitions, [&] { return drains[j++]; });
    report("submit().result() after 0.3 s of idleness", "us", repetitions, [&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        const double start = seconds();
        (void)executor.submit(product, 2, 3).result();
        return 1e6 * (seconds() - start);
    });
    const auto overhead = [&](int tasks) {
        const double start = seconds();
        for (int value : executor.map([](int us) { return std::this_thread::sleep_for(std::chrono::microseconds(us)), us; },
                                      std::vector<int>(static_cast<std::size_t>(tasks), 1000)))
            (void)value;
        return seconds() - start;
    };
    report("500 tasks of 1 ms, asleep: each", "us of a worker", repetitions, [&] { return 1e6 * overhead(500) * executor.num_workers() / 500; });
    const auto busy = [](double time) {
        const double start = MPI::Wtime();
        while (MPI::Wtime() - start < time) {}
        return 0;
    };
    report("500 tasks of 1 ms, busy: each", "us of a worker", repetitions, [&] {
        const double start = seconds();
        for (int value : executor.map(busy, std::vector<double>(500, 1e-3))) (void)value;
        return 1e6 * (seconds() - start) * executor.num_workers() / 500;
    });
}
