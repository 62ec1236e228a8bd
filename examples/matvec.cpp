// A matrix times a vector: every rank multiplies its rows, and all get the whole product
//     A = numpy.load("random-matrix.npy"); x = numpy.load("random-vector.npy")
//     y_part = numpy.dot(A[p:(p+m)], x)
//     comm.Allgather(y_part, y)
#include <mpi4cxx/mpi4cxx.hpp>

#include "npy.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

/// The product of rows `first` to `last` of A and x.
static std::vector<double> dot(const npy::Array& A, std::size_t first, std::size_t last, const npy::Array& x) {
    std::vector<double> y;
    const auto columns = static_cast<std::ptrdiff_t>(A.shape[1]);
    auto row = A.data.begin() + static_cast<std::ptrdiff_t>(first) * columns;
    for (std::size_t i = first; i < last; ++i, row += columns) y.push_back(std::inner_product(row, row + columns, x.data.begin(), 0.0));
    return y;
}

/// Rows are dealt out as evenly as their number allows, and Allgatherv finds out how many each rank has.
static std::vector<double> matvec(const MPI::Intracomm& comm, const npy::Array& A, const npy::Array& x) {
    const auto rank = static_cast<std::size_t>(comm.Get_rank()), size = static_cast<std::size_t>(comm.Get_size());
    const std::size_t rows = A.shape[0];
    const std::vector<double> y_part = dot(A, rows * rank / size, rows * (rank + 1) / size, x);
    return comm.Allgatherv(y_part);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const std::string matrix = argc > 1 ? argv[1] : npy::sample("random-matrix.npy");
    const std::string vector = argc > 2 ? argv[2] : npy::sample("random-vector.npy");
    const npy::Array A = npy::load(matrix, 2), x = npy::load(vector, 1);
    if (A.shape[1] != x.shape[0])
        throw std::runtime_error(matrix + " has " + std::to_string(A.shape[1]) + " columns, but " + vector + " has " + std::to_string(x.shape[0]) +
                                 " elements");
    const std::vector<double> y_mpi = matvec(MPI::COMM_WORLD, A, x);

    const std::vector<double> y = dot(A, 0, A.shape[0], x);
    const bool allclose = std::ranges::equal(y, y_mpi, [](double a, double b) { return std::abs(a - b) <= 1e-8 + 1e-5 * std::abs(b); });
    if (MPI::COMM_WORLD.Get_rank() == 0)
        std::puts(allclose ? "True" : "False");
    if (!allclose)
        throw std::runtime_error("the products differ");
}
