// Fifteen numbers dealt out to all ranks in slices whose lengths may differ, as objects
//     data = [data[starts[p]:ends[p]] for p in range(nprocs)]
//     data = comm.scatter(data, root=0)
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cstdio>
#include <iomanip>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

/// Whole, ascending numbers as NumPy prints them, all equally wide: 8 to 11 are " 8.  9. 10. 11."
static std::string str(const std::vector<double>& array) {
    std::ostringstream text;
    const int width = array.empty() || array.back() < 10 ? 2 : 3;
    for (const double x : array)
        text << (text.tellp() > 0 ? " " : "") << std::setw(width) << std::fixed << std::showpoint << std::setprecision(0) << x;
    return text.str();
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();

    std::vector<double> all(15);
    std::iota(all.begin(), all.end(), 0.0);
    const auto slice = [&](int p) {  // the first ones are longer by one, if need be
        const int ave = 15 / size, res = 15 % size, start = p * ave + std::min(p, res);
        return std::vector<double>(all.begin() + start, all.begin() + start + ave + (p < res ? 1 : 0));
    };

    std::vector<std::vector<double>> slices;
    if (rank == 0)
        for (int p = 0; p < size; ++p) slices.push_back(slice(p));
    const std::vector<double> data = comm.scatter(slices, 0);

    std::printf("Process %d has data: [%s]\n", rank, str(data).c_str());
    if (data != slice(rank))
        throw std::runtime_error("this is another rank's slice");
}
