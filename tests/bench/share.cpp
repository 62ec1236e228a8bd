// One vector of rank 0 for all processes: by MPI_Bcast in C, by `bcast` and by `share`, in one program and in turn:
//
//   mpiexec -n N bench_share [REPETITIONS [MIB]]
//
// Prints for each the median times in ms, until all have the numbers and until all have read them once, their ratios to C, and the memory that the
// processes have together more than before, in MiB. A page that n processes share counts as one nth in each.
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
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

struct Result {
    Doubles had, read;
    double memory = 0;

    static double median(Doubles& times) {
        std::nth_element(times.begin(), times.begin() + std::ssize(times) / 2, times.end());
        return times[times.size() / 2];
    }
};

/// Runs `give`, which returns what all processes have then. The slowest process counts.
template <class F> void run(std::size_t count, Result& result, F give) {
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
    result.had.push_back((had - start) * 1e3);
    result.read.push_back((read - start) * 1e3);
    result.memory = std::max(result.memory, sum_over_ranks(own_memory()) - before);
    MPI::COMM_WORLD.Barrier();
}

}  // namespace

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv, MPI::THREAD_SINGLE);
    const int repetitions = argc > 1 ? std::atoi(argv[1]) : 9;
    const std::size_t count = (argc > 2 ? static_cast<std::size_t>(std::atoi(argv[2])) : 512) * 131072;
    const MPI::Intracomm& world = MPI::COMM_WORLD;

    Result in_c, by_bcast, by_share;
    for (int i = 0; i < repetitions; ++i) {
        run(count, in_c, [&](Doubles&& data) {
            data.resize(count);
            MPI_Bcast(data.data(), static_cast<int>(count), MPI_DOUBLE, 0, MPI_COMM_WORLD);
            return std::move(data);
        });
        run(count, by_bcast, [&](Doubles&& data) { return world.bcast(std::move(data)); });
        run(count, by_share, [&](Doubles&& data) { return MPI::share(world, std::move(data)); });
    }
    if (world.rank() != 0)
        return 0;
    const double had = Result::median(in_c.had), read = Result::median(in_c.read);
    std::printf("| %zu MiB, %d ranks | all have it, ms | relative to C | all have read it, ms | relative to C | MiB | relative to C |\n",
                count / 131072, world.size());
    const std::pair<const char*, Result*> all[] = {{"MPI_Bcast", &in_c}, {"bcast", &by_bcast}, {"share", &by_share}};
    for (const auto& [name, result] : all)
        std::printf("| %s | %.0f | %.2f | %.0f | %.2f | %.0f | %.2f |\n", name, Result::median(result->had), Result::median(result->had) / had,
                    Result::median(result->read), Result::median(result->read) / read, result->memory, result->memory / in_c.memory);
}
