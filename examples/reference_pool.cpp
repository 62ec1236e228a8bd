// The task pool: the examples of the reference, one after another
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace MPI = mpi4cxx;

static void check(bool is_right) {
    if (!is_right)
        throw std::runtime_error("an example of the reference is wrong");
}

static double root(double x) {
    if (x < 0)
        throw std::invalid_argument("no root of " + std::to_string(x));
    return std::sqrt(x);
}

int main(int argc, char** argv) {
    // [MPIPoolExecutor::MPIPoolExecutor]
    MPI::Environment env(argc, argv);
    MPI::futures::MPIPoolExecutor executor;  // rank 0 goes on, the others are its workers

    // [Executor::submit Future::result]
    MPI::futures::Future<double> future = executor.submit(root, 2.0);
    check(std::abs(future.result() * future.result() - 2) < 1e-12);

    // [Executor::map]
    double sum = 0;
    for (const double value : executor.map(root, std::vector<double>{1, 4, 9})) sum += value;
    check(sum == 6);

    // [Executor::starmap]
    const auto power = [](double a, int b) { return std::pow(a, b); };
    for (const double value : executor.starmap(power, std::vector<std::tuple<double, int>>{{2, 3}, {8, 1}})) check(value == 8);

    try {
        (void)executor.submit(root, -1.0).result();
    } catch (const std::invalid_argument& error) {  // what the task has thrown
        check(std::string(error.what()).find("no root") != std::string::npos);
    }
}
