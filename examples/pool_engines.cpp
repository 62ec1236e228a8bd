// Engines: a function on one of them, on all of them, and on data that stays with them
//     cli[0].apply_sync(getpid); cli[:].apply_sync(getpid)
//     dview.scatter('a', range(16)); dview.execute('b = sum(a)'); dview.gather('a')
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <unistd.h>

#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

/// The number of the process that runs this.
static int process() { return getpid(); }
static int sum(const std::vector<int>& part) { return std::accumulate(part.begin(), part.end(), 0); }

static std::string listed(const std::vector<int>& numbers) {
    std::string text;
    for (const int number : numbers) text += (text.empty() ? "[" : ", ") + std::to_string(number);
    return text + "]";
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    MPI::futures::MPIPoolExecutor executor;

    std::printf("in this process   %d\n", process());
    std::printf("on one engine     %d\n", executor.on(0).submit(process).result());
    std::printf("on all engines    %s\n", listed(executor.broadcast(process)).c_str());

    std::vector<int> numbers(16);
    std::iota(numbers.begin(), numbers.end(), 0);
    const auto data = executor.scatter(numbers);  // a part to each engine, where it stays
    const std::vector<int> sums = executor.broadcast(sum, data);
    std::printf("sums of the parts %s\n", listed(sums).c_str());
    executor.broadcast(
        [](std::vector<int>& part, int by) {
            for (int& number : part) number *= by;
        },
        data, 10);
    const std::vector<int> tenfold = executor.gather(data);
    std::printf("all parts, by 10  %s\n", listed(tenfold).c_str());
    if (sum(sums) != 120 || sum(tenfold) != 1200)
        throw std::runtime_error("the parts are not the whole");
}
