// Tutorial, chapter 2: buffers are memory, and nothing is copied
//     comm.Send(field, dest=1)                  # of numpy, any shape in one piece
//     comm.Recv(column, source=0)
#include <mpi4cxx/mpi4cxx.hpp>

#include <array>
#include <cstdio>
#include <numeric>
#include <vector>

namespace MPI = mpi4cxx;

/// A column of a matrix that is stored by rows: memory with gaps.
struct Column {
    double* top;
    int rows, width;
};
template <> struct mpi4cxx::buffer_traits<Column> {
    static double* data(const Column& column) { return column.top; }
    static std::array<int, 1> shape(const Column& column) { return {column.rows}; }
    static std::array<int, 1> strides(const Column& column) { return {column.width}; }
    static constexpr bool is_view = true;  // the memory is the matrix's
};

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.rank(), next = rank + 1 < comm.size() ? rank + 1 : MPI::PROC_NULL, before = rank > 0 ? rank - 1 : MPI::PROC_NULL;

    double matrix[3][4] = {};
    if (rank == 0)
        std::iota(&matrix[0][0], &matrix[0][0] + 12, 0.0);
    comm.Recv(matrix, before);  // all twelve numbers; from nobody if `before` is PROC_NULL
    comm.Send(matrix, next);

    std::vector<double> column(3);
    comm.Sendrecv(Column{&matrix[0][1], 3, 4}, rank, 0, column, rank, 0);  // to itself: three numbers, four apart
    if (rank == comm.size() - 1)
        std::printf("column 1 on the last rank: %g %g %g\n", column[0], column[1], column[2]);
}
