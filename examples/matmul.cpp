// The product of two matrices by blocks of rows, and how much faster all ranks are than one
//     comm.Scatterv([A, counts, displs, MPI.DOUBLE], rows, root=0)
//     comm.Bcast(B, root=0)
//     comm.Gatherv(rows @ B, [C, counts, displs, MPI.DOUBLE], root=0)
// Writes matmul.svg: speed-up over size. Arguments: the sizes of the matrices
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "plot.hpp"

namespace MPI = mpi4cxx;

using Matrix = std::vector<double>;  // n * n elements, row after row

/// A matrix of random digits: their products and sums are exact.
static Matrix random(std::size_t n) {
    static std::mt19937 generator;
    Matrix matrix(n * n);
    for (double& x : matrix) x = static_cast<double>(generator() % 10);
    return matrix;
}

/// Some rows of a matrix times a whole one.
static Matrix multiply(const Matrix& rows, const Matrix& B, std::size_t n) {
    Matrix product(rows.size());
    for (std::size_t row = 0; row < rows.size(); row += n)
        for (std::size_t k = 0; k < n; ++k)
            for (std::size_t j = 0; j < n; ++j) product[row + j] += rows[row + k] * B[k * n + j];
    return product;
}

/// The root's A times the root's B, for the root. The blocks follow each other without gaps, so that they need no displs.
static Matrix multiply(const MPI::Intracomm& comm, const Matrix& A, Matrix B, std::size_t n) {
    const auto rank = static_cast<std::size_t>(comm.Get_rank()), size = static_cast<std::size_t>(comm.Get_size());
    std::vector<std::size_t> counts;
    for (std::size_t p = 0; p < size; ++p) counts.push_back((n * (p + 1) / size - n * p / size) * n);

    Matrix rows(static_cast<std::size_t>(counts[rank])), C(rank == 0 ? n * n : 0);
    B.resize(n * n);
    comm.Scatterv({A, counts}, rows, 0);
    comm.Bcast(B, 0);
    comm.Gatherv(multiply(rows, B, n), {C, counts}, 0);
    return C;
}

/// The milliseconds of the fastest of three runs.
template <class Function> static double time(Function run) {
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 3; ++i) {
        const double start = MPI::Wtime();
        run();
        best = std::min(best, MPI::Wtime() - start);
    }
    return 1e3 * best;
}

/// The time on the root alone. The others sleep meanwhile: waiting in MPI would take a share of the cores.
template <class Function> static double time_serial(const MPI::Intracomm& comm, Function run) {
    if (comm.Get_rank() != 0) {
        while (!comm.Iprobe(0)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        comm.Recv({}, 0);
        return 0;
    }
    const double result = time(run);
    for (int p = 1; p < comm.Get_size(); ++p) comm.Send({}, p);
    return result;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const bool root = comm.Get_rank() == 0;

    std::vector<std::string> sizes(argv + 1, argv + argc);
    if (sizes.empty())
        sizes = {"100", "200", "400"};
    std::string table = "    size    serial [ms]  parallel [ms]  speedup, " + std::to_string(comm.Get_size()) + " ranks\n";
    plot::Line measured{std::to_string(comm.Get_size()) + " ranks", {}, {}};
    for (const std::string& argument : sizes) {
        const int number = std::stoi(argument);
        if (number < 1)
            throw std::invalid_argument("there is no matrix of size " + argument);
        const auto n = static_cast<std::size_t>(number);
        Matrix A, B, expected, C;
        if (root)
            A = random(n), B = random(n);
        const double serial = time_serial(comm, [&] { expected = multiply(A, B, n); });
        const double parallel = time([&] { C = multiply(comm, A, B, n); });
        if (C != expected)
            throw std::runtime_error("the parallel product is not the serial one");

        char line[80];
        std::snprintf(line, sizeof line, "%8zu  %13.3f  %13.3f  %7.2f\n", n, serial, parallel, serial / parallel);
        table += line;
        measured.x.push_back(static_cast<double>(n));
        measured.y.push_back(serial / parallel);
    }
    if (!root)
        return 0;
    std::fputs(table.c_str(), stdout);
    plot::lines("matmul.svg", "Time of one rank over time of all", {"rows of each matrix"}, {"speed-up"}, {measured});
}
