// One vector of rank 0 for all processes: by MPI_Bcast in C, by `bcast` and by `share`, in one program and in turn:
//
//   mpiexec -n N bench_share REPETITIONS MIB
//
// Prints a line a sample, with tabs between: "sample", what gave the vector, repetition, ms until all processes have the numbers and until all have
// read them once, and the MiB that the processes have together more than before. A page that n processes share counts as one nth in each.
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using Doubles = std::vector<double>;

double own_memory() {
    std::ifstream rollup("/proc/self/smaps_rollup");
    for (std::string word; rollup >> word;)
        if (word == "Pss:") {
            double kib = 0;
            rollup >> kib;
            return kib / 1024;
        }
    return 0;
}

double sum_over_ranks(double value) {
    double sum = 0;
    MPI::COMM_WORLD.Allreduce(value, sum);
    return sum;
}

/// Runs `give`, which returns what all processes have then. The slowest process counts.
template <class F> void run(const char* name, int repetition, std::size_t count, F give) {
    const double before = sum_over_ranks(own_memory());
    Doubles data(MPI::COMM_WORLD.rank() == 0 ? count : 0, 1.0);
    MPI::COMM_WORLD.Barrier();
    const double start = MPI_Wtime();
    const auto all = give(std::move(data));
    MPI::COMM_WORLD.Barrier();
    const double had = MPI_Wtime();
    const double sum = std::accumulate(all.begin(), all.end(), 0.0);
    MPI::COMM_WORLD.Barrier();
    const double read = MPI_Wtime();
    if (sum != static_cast<double>(count))
        MPI::COMM_WORLD.Abort(1);
    const double memory = sum_over_ranks(own_memory()) - before;
    if (MPI::COMM_WORLD.rank() == 0)
        std::printf("sample\t%s\t%d\t%.5g\t%.5g\t%.5g\n", name, repetition, (had - start) * 1e3, (read - start) * 1e3, memory);
    MPI::COMM_WORLD.Barrier();
}

}  // namespace

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv, MPI::THREAD_SINGLE);
    if (argc != 3)
        return 2;
    const std::size_t count = std::strtoul(argv[2], nullptr, 10) * 131072;
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    for (int i = 0; i < std::atoi(argv[1]); ++i) {
        run("MPI_Bcast", i, count, [&](Doubles&& data) {
            data.resize(count);
            MPI_Bcast(data.data(), static_cast<int>(count), MPI_DOUBLE, 0, MPI_COMM_WORLD);
            return std::move(data);
        });
        run("bcast", i, count, [&](Doubles&& data) { return world.bcast(std::move(data)); });
        run("share", i, count, [&](Doubles&& data) { return MPI::share(world, std::move(data)); });
    }
}
