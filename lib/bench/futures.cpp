#include <mpi4cxx/futures.hpp>

#include "bench/command.hpp"
#include "bench/units.hpp"

#include <cstdio>
#include <memory>
#include <numeric>

namespace bench {

namespace {

struct Parameters {
    bool is_quiet = false;
    MPI::Count tasks = 10'000;
};

/// The task.
long long square(long long number) { return number * number; }

/// Returns how long `executor` takes for all squares.
double seconds_of_map(MPI::futures::Executor& executor, const std::vector<long long>& numbers, int chunksize) {
    const double begin = MPI::Wtime();
    std::size_t i = 0;
    for (const long long result : executor.map({.chunksize = chunksize}, square, numbers)) {
        if (i >= numbers.size() || result != square(numbers[i]))
            throw std::runtime_error("futures: the result of a task is wrong");
        ++i;
    }
    if (i != numbers.size())
        throw std::runtime_error("futures: the result of a task is missing");
    return MPI::Wtime() - begin;
}

std::string run(const MPI::Intracomm& comm, const Parameters& given) {
    std::string verdict;
    if (MPI::futures::MPICommExecutor executor{comm, 0}) {
        std::vector<long long> numbers(static_cast<std::size_t>(given.tasks));
        std::iota(numbers.begin(), numbers.end(), 0);
        const std::string workers =
            comm.size() > 1 ? count_text(executor.num_workers(), "worker", "workers") : count_text(executor.num_workers(), "thread", "threads");
        seconds_of_map(executor, {1, 2, 3}, 1);
        if (!given.is_quiet)
            std::printf("futures: %lld tasks by %s\n%10s     tasks/s\n", static_cast<long long>(given.tasks), workers.c_str(), "chunksize");
        for (const int chunksize : {1, 10, 100}) {
            const double rate = static_cast<double>(given.tasks) / seconds_of_map(executor, numbers, chunksize);
            if (!given.is_quiet)
                std::printf("%10d  %10.0f\n", chunksize, rate);
            if (chunksize == 1)
                verdict = formatted("%.0f tasks a second by ", rate) + workers;
        }
    }
    return verdict;
}

}  // namespace

Command futures() {
    const auto given = std::make_shared<Parameters>();
    return {"futures",
            "counts the tasks that a pool of all processes does in a second",
            {quiet(given->is_quiet), amount("-n, --tasks", "COUNT", "how many", given->tasks, 1)},
            [given](const MPI::Intracomm& comm) { return run(comm, *given); }};
}

}  // namespace bench
