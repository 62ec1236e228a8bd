// Solve a system of linear equations with ScaLAPACK, whose BLACS makes its grid of processes from a communicator of ours.
//     the blocks of columns of A lie on the ranks in turn; b, and then the solution, on rank 0
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

// Neither library has headers.
extern "C" {
int Csys2blacs_handle(MPI_Comm comm);
void Cfree_blacs_system_handle(int handle);
void Cblacs_gridinit(int* context, const char* order, int rows, int columns);
void Cblacs_gridexit(int context);
int numroc_(const int* n, const int* block, const int* rank, const int* first, const int* size);
void descinit_(int* desc, const int* rows, const int* columns, const int* row_block, const int* column_block, const int* first_row,
               const int* first_column, const int* context, const int* leading, int* info);
void pdgesv_(const int* n, const int* sides, double* a, const int* ia, const int* ja, const int* desc_a, int* pivots, double* b, const int* ib,
             const int* jb, const int* desc_b, int* info);
}

/// The element in row i and column j of the matrix: its diagonal dominates.
static double element(int i, int j) { return i == j ? 100.0 : std::sin(i + 2.0 * j); }

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
    const int rank = comm.Get_rank(), size = comm.Get_size(), n = 50, block = 4, zero = 0, one = 1;

    const int system = Csys2blacs_handle(comm.handle());
    int context = system, info = 0, desc_a[9], desc_b[9];
    Cblacs_gridinit(&context, "Row", 1, size);
    const int columns = numroc_(&n, &block, &rank, &zero, &size);
    descinit_(desc_a, &n, &n, &block, &block, &zero, &zero, &context, &n, &info);
    descinit_(desc_b, &n, &one, &block, &block, &zero, &zero, &context, &n, &info);

    std::vector<double> a, b(n);
    for (int local = 0; local < columns; ++local) {
        const int j = (local / block * size + rank) * block + local % block;
        for (int i = 0; i < n; ++i) a.push_back(element(i, j));
    }
    a.resize(std::max<std::size_t>(a.size(), 1));
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) b[static_cast<std::size_t>(i)] += element(i, j) * j;  // so that the solution is 0, 1, 2 …
    std::vector<int> pivots(n + block);
    pdgesv_(&n, &one, a.data(), &one, &one, desc_a, pivots.data(), b.data(), &one, &one, desc_b, &info);
    Cblacs_gridexit(context);
    Cfree_blacs_system_handle(system);

    comm.Bcast(b, 0);
    double error = info;
    for (int i = 0; i < n; ++i) error = std::max(error, std::abs(b[static_cast<std::size_t>(i)] - i));
    if (rank == 0)
        std::printf("%d unknowns on %d ranks, error %.1e\n", n, size, error);
    if (!(error < 1e-10))
        throw std::runtime_error("not the solution");
}
