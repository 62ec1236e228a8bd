// The examples that are counted in lines, beside the same work by the C functions of MPI, in one process and in turn:
//
//   mpiexec -n N showcases [REPETITIONS [NUMBERS WIDTH]]     NUMBERS to sort a rank, WIDTH of the torus that is searched
//
// Prints for each the median times in ms, and the median and the quartiles of the ratios of neighbouring runs.

// What is timed is what the examples show.
#define main sample_sort_example
#include "../../examples/sample_sort.cpp"
#undef main
#define main bfs_example
#include "../../examples/bfs.cpp"
#undef main
#define main vector_allgather_example
#include "../../examples/vector_allgather.cpp"
#undef main

#include <functional>
#include <string>
#include <utility>

namespace {

using Numbers = std::vector<std::uint64_t>;

int world_size() {
    int size = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    return size;
}

template <class T> std::vector<T> allgatherv_c(const std::vector<T>& part, MPI_Datatype type) {
    const int count = static_cast<int>(part.size());
    const auto size = static_cast<std::size_t>(world_size());
    std::vector<int> counts(size), displs(size);
    MPI_Allgather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, MPI_COMM_WORLD);
    std::exclusive_scan(counts.begin(), counts.end(), displs.begin(), 0);
    std::vector<T> result(static_cast<std::size_t>(displs.back() + counts.back()));
    MPI_Allgatherv(part.data(), count, type, result.data(), counts.data(), displs.data(), type, MPI_COMM_WORLD);
    return result;
}

template <class T> std::vector<T> alltoallv_c(const std::vector<T>& data, const std::vector<int>& counts, MPI_Datatype type) {
    const std::size_t size = counts.size();
    std::vector<int> displs(size), received(size), places(size);
    std::exclusive_scan(counts.begin(), counts.end(), displs.begin(), 0);
    MPI_Alltoall(counts.data(), 1, MPI_INT, received.data(), 1, MPI_INT, MPI_COMM_WORLD);
    std::exclusive_scan(received.begin(), received.end(), places.begin(), 0);
    std::vector<T> result(static_cast<std::size_t>(places.back() + received.back()));
    MPI_Alltoallv(data.data(), counts.data(), displs.data(), type, result.data(), received.data(), places.data(), type, MPI_COMM_WORLD);
    return result;
}

void sample_sort_c(Numbers& data) {
    const auto size = static_cast<std::size_t>(world_size());
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    Numbers samples;
    std::sample(data.begin(), data.end(), std::back_inserter(samples), 64, std::mt19937(static_cast<unsigned>(rank)));
    samples = allgatherv_c(samples, MPI_UINT64_T);
    std::sort(samples.begin(), samples.end());
    std::sort(data.begin(), data.end());
    std::vector<int> counts(size, static_cast<int>(data.size()));
    for (std::size_t i = 1; i < size; ++i)
        counts[i - 1] = static_cast<int>(std::upper_bound(data.begin(), data.end(), samples[i * samples.size() / size]) - data.begin());
    std::adjacent_difference(counts.begin(), counts.end(), counts.begin());
    data = alltoallv_c(data, counts, MPI_UINT64_T);
    std::sort(data.begin(), data.end());
}

std::vector<int> distances_c(const Graph& graph, Vertex source) {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    std::vector<int> result(static_cast<std::size_t>(graph.share), -1);
    std::vector<Vertex> frontier(graph.owner(source) == rank ? 1 : 0, source);
    for (int distance = 0;; ++distance) {
        unsigned long mine = frontier.size(), all = 0;
        MPI_Allreduce(&mine, &all, 1, MPI_UNSIGNED_LONG, MPI_SUM, MPI_COMM_WORLD);
        if (all == 0)
            return result;
        std::vector<Vertex> next;
        for (const Vertex v : frontier)
            if (int& known = result[static_cast<std::size_t>(v - graph.first)]; known < 0) {
                known = distance;
                for (const Vertex w : graph.neighbours(v)) next.push_back(w);
            }
        std::sort(next.begin(), next.end());
        next.erase(std::unique(next.begin(), next.end()), next.end());
        std::vector<int> counts(static_cast<std::size_t>(world_size()));
        for (const Vertex v : next) ++counts[static_cast<std::size_t>(graph.owner(v))];
        frontier = alltoallv_c(next, counts, MPI_LONG);
    }
}

double milliseconds(const std::function<void()>& work) {
    MPI_Barrier(MPI_COMM_WORLD);
    const double begin = MPI_Wtime();
    work();
    MPI_Barrier(MPI_COMM_WORLD);
    return 1000 * (MPI_Wtime() - begin);
}

double quantile(std::vector<double> values, double q) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1) + 0.5)];
}

/// `c` and `cxx` do the work once and return what came of it.
template <class C, class Cxx> bool compare(const char* name, int repetitions, C c, Cxx cxx) {
    bool same = true;
    std::vector<double> times_c, times_cxx, ratios;
    for (int i = -1; i < repetitions; ++i) {  // one to warm up
        decltype(c()) by_c, by_cxx;
        double c_time = 0, cxx_time = 0;
        const auto run_c = [&] { c_time = milliseconds([&] { by_c = c(); }); };
        if (i % 2 == 0)
            run_c();
        cxx_time = milliseconds([&] { by_cxx = cxx(); });
        if (i % 2 != 0)
            run_c();
        same &= by_c == by_cxx;
        if (i < 0)
            continue;
        times_c.push_back(c_time);
        times_cxx.push_back(cxx_time);
        ratios.push_back(cxx_time / c_time);
    }
    if (MPI::COMM_WORLD.rank() == 0)
        std::printf("%-18s %10.3f %10.3f %8.3f   %.3f to %.3f%s\n", name, quantile(times_c, 0.5), quantile(times_cxx, 0.5), quantile(ratios, 0.5),
                    quantile(ratios, 0.25), quantile(ratios, 0.75), same ? "" : "   different results");
    return same;
}

}  // namespace

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int repetitions = argc > 1 ? std::atoi(argv[1]) : 11;
    const std::size_t count = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
    const Vertex width = argc > 3 ? std::strtol(argv[3], nullptr, 10) : 1000;

    std::mt19937_64 random(42 + static_cast<unsigned>(comm.rank()));
    Numbers numbers(count);
    for (auto& number : numbers) number = random();
    const Graph graph(width, comm);
    const std::vector<double> part(1000 + static_cast<std::size_t>(comm.rank()), 0.5);
    const auto often = [](auto once) {
        for (int i = 1; i < 1000; ++i) (void)once();
        return once();
    };

    if (comm.rank() == 0)
        std::printf("%-18s %10s %10s %8s   %s\n", "ms", "C", "mpi4cxx", "ratio", "half of them");
    bool same = compare(
        "vector allgather", repetitions, [&] { return often([&] { return allgatherv_c(part, MPI_DOUBLE); }); },
        [&] { return often([&] { return join(comm, part); }); });
    const auto sorted = [&](auto sort) {
        return [&numbers, sort] {
            Numbers copy = numbers;
            sort(copy);
            return copy;
        };
    };
    same &= compare("sample sort", repetitions, sorted([](Numbers& data) { sample_sort_c(data); }),
                    sorted([&](Numbers& data) { sample_sort(comm, data); }));
    same &= compare(
        "frontier exchange", repetitions, [&] { return distances_c(graph, 0); }, [&] { return distances(comm, graph, 0); });
    return same ? EXIT_SUCCESS : EXIT_FAILURE;
}
