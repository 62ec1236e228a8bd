// Sort numbers that are spread over all processes: each process takes the numbers between two splitters on which all agree.
// With mpi4py this needs comm.Allgather and comm.Alltoallv, with counts and displacements by hand.
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <numeric>
#include <random>
#include <vector>

namespace MPI = mpi4cxx;

//> START
template <class T> void sample_sort(const MPI::Comm& comm, std::vector<T>& data) {
    const auto size = static_cast<std::size_t>(comm.size());
    std::vector<T> samples;
    std::sample(data.begin(), data.end(), std::back_inserter(samples), 64, std::mt19937(static_cast<unsigned>(comm.rank())));
    samples = comm.Allgatherv(samples);
    std::sort(samples.begin(), samples.end());
    std::sort(data.begin(), data.end());
    std::vector<MPI::Count> counts(size, static_cast<MPI::Count>(data.size()));
    for (std::size_t i = 1; i < size; ++i)
        counts[i - 1] = std::upper_bound(data.begin(), data.end(), samples[i * samples.size() / size]) - data.begin();
    std::adjacent_difference(counts.begin(), counts.end(), counts.begin());
    data = comm.Alltoallv(data, counts);
    std::sort(data.begin(), data.end());
}
//> END

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    std::mt19937_64 random(42 + static_cast<unsigned>(comm.rank()));
    std::vector<std::uint64_t> data(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000);
    for (auto& number : data) number = random();
    const auto checksum = [&] { return comm.allreduce(std::accumulate(data.begin(), data.end(), std::uint64_t{0})); };
    const auto before = checksum();

    sample_sort(comm, data);

    const std::vector<std::uint64_t> ends = data.empty() ? data : std::vector{data.front(), data.back()};
    const auto all_ends = comm.Allgatherv(ends);
    const bool sorted = std::is_sorted(data.begin(), data.end()) && std::is_sorted(all_ends.begin(), all_ends.end()) && checksum() == before;
    if (comm.rank() == 0)
        std::printf("%s\n", sorted ? "sorted" : "not sorted");
    return sorted ? EXIT_SUCCESS : EXIT_FAILURE;
}
