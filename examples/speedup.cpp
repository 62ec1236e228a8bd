// How much faster the Mandelbrot set could be with each further rank, if every rank had a core: iterations are counted, nothing is timed
//     some = comm.Split(0 if rank < n else MPI.UNDEFINED)
//     all = some.reduce(mine, op=MPI.SUM, root=0)
//     slowest = some.reduce(mine, op=MPI.MAX, root=0)
// Writes speedup.svg; start it with as many ranks as it should show
#include <mpi4cxx/mpi4cxx.hpp>

#include <complex>
#include <cstdio>
#include <stdexcept>
#include <vector>

#include "plot.hpp"

namespace MPI = mpi4cxx;

static constexpr int height = 192, width = 288;

/// How many iterations a row of the picture takes.
static long work(int row) {
    long count = 0;
    for (int column = 0; column < width; ++column) {
        const std::complex<double> c(2.7 * column / width - 2, 1.28 - 1.8 * row / height);
        std::complex<double> z;
        for (int n = 0; n < 500 && std::norm(z) <= 4; ++n, ++count) z = z * z + c;
    }
    return count;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();

    plot::Line blocks{"blocks of rows", {}, {}}, cyclic{"cyclic rows", {}, {}}, ideal{"ideal", {}, {}};
    long total = 0;  // of one rank
    for (int n = 1; n <= size; ++n) {
        const MPI::Intracomm some = comm.Split(rank < n ? 0 : MPI::UNDEFINED, rank);
        if (some.is_null())
            continue;
        const auto record = [&](plot::Line& line, int first, int last, int step) {
            long mine = 0;
            for (int row = first; row < last; row += step) mine += work(row);
            const auto all = some.reduce(mine, MPI::SUM, 0), slowest = some.reduce(mine, MPI::MAX, 0);
            if (all && *all != (total = n == 1 ? *all : total))
                throw std::runtime_error("some rows are done twice, or not at all");
            line.x.push_back(n);
            line.y.push_back(all ? static_cast<double>(*all) / static_cast<double>(*slowest) : 0);
        };
        record(blocks, height * rank / n, height * (rank + 1) / n, 1);
        record(cyclic, rank, height, n);
        ideal.x.push_back(n);
        ideal.y.push_back(n);
        if (rank == 0)
            std::printf("%2d ranks: %5.2f by blocks of rows, %5.2f by cyclic rows\n", n, blocks.y.back(), cyclic.y.back());
    }
    if (rank == 0)
        plot::lines("speedup.svg", "All work over that of the slowest rank", {"ranks"}, {"speed-up"}, {ideal, cyclic, blocks});
}
