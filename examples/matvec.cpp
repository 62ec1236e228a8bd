// A matrix times a vector: every rank reads and multiplies its rows, and all get the whole product
//     A = numpy.load("random-matrix.npy"); x = numpy.load("random-vector.npy")
//     y_part = numpy.dot(A[p:(p+m)], x)
//     comm.Allgather(y_part, y)
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

/// The product of some rows of a matrix and x.
static std::vector<double> dot(const std::vector<double>& rows, const std::vector<double>& x) {
    std::vector<double> y;
    const auto columns = static_cast<std::ptrdiff_t>(x.size());
    for (auto row = rows.begin(); row != rows.end(); row += columns) y.push_back(std::inner_product(row, row + columns, x.begin(), 0.0));
    return y;
}

/// Rows are dealt out as evenly as their number allows, and Allgatherv finds out how many each rank has.
static std::vector<double> matvec(const MPI::Intracomm& comm, const std::string& matrix, const std::vector<double>& x) {
    const auto A = MPI::npy::load<double>(comm, matrix);  // this rank's rows
    if (A.shape.size() != 2 || A.shape[1] != x.size())
        throw std::runtime_error(matrix + " is no matrix with " + std::to_string(x.size()) + " columns");
    const std::vector<double> y_part = dot(A.data, x);
    return comm.Allgatherv(y_part);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const std::string matrix = argc > 1 ? argv[1] : EXAMPLE_DATA "/random-matrix.npy";
    const std::string vector = argc > 2 ? argv[2] : EXAMPLE_DATA "/random-vector.npy";
    const std::vector<double> x = MPI::COMM_WORLD.Allgatherv(MPI::npy::load<double>(MPI::COMM_WORLD, vector).data);
    const std::vector<double> y_mpi = matvec(MPI::COMM_WORLD, matrix, x);

    const std::vector<double> y = dot(MPI::npy::load<double>(MPI::COMM_SELF, matrix).data, x);  // the whole matrix on every rank
    const bool allclose = std::ranges::equal(y, y_mpi, [](double a, double b) { return std::abs(a - b) <= 1e-8 + 1e-5 * std::abs(b); });
    if (MPI::COMM_WORLD.Get_rank() == 0)
        std::puts(allclose ? "True" : "False");
    if (!allclose)
        throw std::runtime_error("the products differ");
}
