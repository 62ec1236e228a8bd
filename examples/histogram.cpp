// A histogram whose bins are spread over the ranks: each adds its counts to the bins of the others, who do nothing for that
//     win.Fence(); win.Accumulate(counts[owner], owner, op=MPI.SUM); win.Fence()
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstddef>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

constexpr std::size_t bins = 10;  // of each rank
constexpr std::size_t draws = 1000;

/// The bin, among all bins, of a number that `rank` draws: the sum of three dice.
static std::size_t bin_of(std::size_t rank, std::size_t draw, std::size_t all_bins) {
    const std::size_t number = draw * (rank + 1);
    return (number % 7 + number % 11 + number % 13) * all_bins / 29;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const auto rank = static_cast<std::size_t>(comm.rank()), size = static_cast<std::size_t>(comm.size());

    std::vector<long> counts(bins * size);  // of this rank's numbers
    for (std::size_t i = 0; i < draws; ++i) ++counts[bin_of(rank, i, bins * size)];

    const MPI::Win win = MPI::Win::Allocate<long>(bins, comm);
    const std::span<long> mine = win.span<long>();
    for (long& count : mine) count = 0;
    {
        const auto epoch = win.fence();  // here all have their zeros, and all sums are there at the end of the scope
        for (std::size_t owner = 0; owner < size; ++owner) win.Accumulate(std::span(counts).subspan(owner * bins, bins), static_cast<int>(owner));
    }

    std::vector<long> expected(bins * size);
    for (std::size_t other = 0; other < size; ++other)
        for (std::size_t i = 0; i < draws; ++i) ++expected[bin_of(other, i, bins * size)];
    for (std::size_t i = 0; i < bins; ++i)
        if (mine[i] != expected[rank * bins + i])
            throw std::runtime_error("a bin has a wrong count");
    if (rank == 0)
        std::printf("bin %zu has %ld of %zu numbers\n", bins / 2, mine[bins / 2], size * draws);
}
