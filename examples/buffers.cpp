// An array of ten doubles sent as a typed buffer, from memory to memory
//     comm.Send(data, dest=1, tag=13)
//     data = numpy.empty(10, dtype=numpy.float64); comm.Recv(data, source=0, tag=13)
#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cstdio>
#include <iomanip>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>

namespace MPI = mpi4cxx;

using Array = std::array<double, 10>;

/// numpy.random.rand(10), the same on every rank
static Array rand10() {
    std::mt19937_64 generator(13);
    std::uniform_real_distribution<double> uniform(0, 1);
    Array array{};
    for (double& x : array) x = uniform(generator);
    return array;
}

/// As NumPy prints it: [0.88419591 0.30159437 …]
static std::string str(const Array& array) {
    std::ostringstream text;
    for (std::size_t i = 0; i < array.size(); ++i) text << (i == 0 ? "[" : i == 6 ? "\n " : " ") << std::fixed << std::setprecision(8) << array[i];
    return text.str() + "]";
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();
    if (rank > 1)
        return 0;  // two ranks are enough

    Array data{};
    if (rank == 0) {
        data = rand10();
        comm.Send(data, size > 1 ? 1 : MPI::PROC_NULL, 13);
    } else {
        comm.Recv(data, 0, 13);
    }

    std::printf("rank = %d : data = %s\n", rank, str(data).c_str());
    if (data != rand10())
        throw std::runtime_error("the numbers have changed on their way");
}
