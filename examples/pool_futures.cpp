// What one can do with a future, with a map, and with single workers: each call once
//     future = executor.submit(square, 3); future.result(timeout=2.5)
//     executor.map(square, numbers, chunksize=100, unordered=True)
//     executor.starmap(power, pairs)
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <chrono>
#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace MPI = mpi4cxx;
using namespace std::chrono_literals;

static int square(int x) { return x * x; }
static int power(int x, int n) { return n == 0 ? 1 : x * power(x, n - 1); }
static double sum(const std::vector<double>& part) { return std::accumulate(part.begin(), part.end(), 0.0); }
static MPI::futures::Future<int> twice(MPI::futures::Executor& executor, int x) { co_return 2 * co_await executor.submit(square, x); }

static void expect(double found, double expected, const char* what) {
    if (found != expected)
        throw std::runtime_error(what);
}

static void futures(MPI::futures::Executor& executor) {
    const auto nine = executor.submit(square, 3);
    int result = nine.result(60.0);                           // waits, at most 60 s: then TimeoutError
    result = nine.result(1min);                               // the same
    const bool is_over = nine.done() && !nine.cancel();       // also: running(), cancelled(), exception()
    const auto ten = nine.then([](int x) { return x + 1; });  // a future again
    nine.add_done_callback([&](const auto& one) { result += one.result(); });
    const MPI::futures::Future<int> eighteen = twice(executor, 3);  // a coroutine, which may co_await others

    std::vector<MPI::futures::Future<int>> squares;
    for (int i = 1; i <= 10; ++i) squares.push_back(executor.submit(square, i));
    const auto [done, not_done] = MPI::futures::wait(squares, MPI::futures::FIRST_COMPLETED);
    int total = 0;
    for (auto& one : MPI::futures::as_completed(squares)) total += one.result();  // in the order in which they are done
    const std::vector<int> all = MPI::futures::collect(squares).result();         // one future of all

    expect(result + ten.result() + eighteen.result(), 18 + 10 + 18, "futures");
    expect(total + all.back() + is_over, 385 + 100 + 1, "several futures");
    expect(static_cast<double>(done.size() + not_done.size()), 10, "wait");
}

static void maps(MPI::futures::Executor& executor) {
    std::vector<int> numbers(1000);
    std::iota(numbers.begin(), numbers.end(), 0);
    const std::vector<std::tuple<int, int>> pairs{{2, 3}, {3, 2}};

    long total = 0;
    for (const int y : executor.map(square, numbers)) total += y;                                         // in order
    for (const int y : executor.map({.chunksize = 100, .unordered = true}, square, numbers)) total += y;  // 100 at once, as they come
    for (const int y : executor.map({.timeout = 60.0, .progress = true}, square, numbers)) total += y;    // shows how far it is
    for (const int y : executor.map(power, numbers, std::vector<int>{1, 1})) total += y;                  // up to the end of the shortest
    for (const int y : executor.map({.buffersize = 50}, square, numbers)) {                               // read as it goes, 50 ahead: may be endless
        total += y;
        if (y == 100)
            break;
    }
    const std::vector<int> powers = executor.starmap(power, pairs).list();  // all of them

    expect(static_cast<double>(total), 3 * 332'833'500. + 1 + 385, "maps");
    expect(powers[0] + powers[1], 17, "starmap");
}

static void views(MPI::futures::Executor& executor) {
    const std::vector<double> numbers(100, 0.5);

    const int nine = executor.on(0).submit(square, 3).result();      // worker 0
    const std::vector<int> nines = executor.broadcast(square, 3);    // all of them
    const auto data = executor.scatter(numbers);                     // a part to each, where it stays
    const std::vector<double> sums = executor.broadcast(sum, data);  // sum(std::vector<double>&), of the worker's own part
    const std::vector<double> back = executor.gather(data);
    const std::vector<int> fixed = executor.direct().map(square, nines).list();   // each worker one part of the whole
    const std::vector<int> free = executor.balanced().map(square, nines).list();  // whoever is free takes the next
    executor.trace("pool-futures.svg");                                           // what ran when since the last picture; .json for Perfetto

    expect(nine + nines[0] + fixed[0] + free[0], 9 + 9 + 81 + 81, "views");
    expect(sum(sums) + sum(back), 100, "data that stays");
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    MPI::futures::MPIPoolExecutor executor;
    futures(executor);
    maps(executor);
    views(executor);
    std::printf("%d workers\n", executor.num_workers());
}
