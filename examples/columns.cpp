// One column of a matrix that is stored row by row, from the memory of one rank into that of another, without a copy
//     column = MPI.DOUBLE.Create_vector(rows, 1, columns).Commit()
//     comm.Sendrecv([a[:, 2:], 1, column], right, 0, [a, 1, column], left, 0)
#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

/// A column of a matrix: the distance between its elements is the width of the matrix.
struct Column {
    double* top;
    int rows, width;
};

// A few lines tell the library where the elements of a container lie.
template <> struct mpi4cxx::buffer_traits<Column> {
    static double* data(const Column& column) { return column.top; }
    static std::array<int, 1> shape(const Column& column) { return {column.rows}; }
    static std::array<int, 1> strides(const Column& column) { return {column.width}; }
    static constexpr bool is_view = true;  // the memory is the matrix's
};

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();
    const int left = (rank + size - 1) % size, right = (rank + 1) % size;

    constexpr int rows = 4, width = 3;
    std::vector<double> matrix(rows * width, rank);
    const auto column = [&](int j) { return Column{&matrix[static_cast<std::size_t>(j)], rows, width}; };
    comm.Sendrecv(column(2), right, 0, column(0), left, 0);

    // a nonblocking call takes the temporary view too
    MPI::Request received = comm.Irecv(column(1), right, 1);
    comm.Isend(column(0), left, 1).Wait();
    received.Wait();

    for (int i = 0; i < rows; ++i) {
        const double* row = &matrix[static_cast<std::size_t>(i * width)];
        if (row[0] != left || row[1] != rank || row[2] != rank)
            throw std::runtime_error("a wrong element");
    }
    std::printf("rank %d has a column of rank %d\n", rank, left);
}
