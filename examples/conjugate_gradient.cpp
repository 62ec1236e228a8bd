// Solve Poisson's equation by conjugate gradients: Eigen's arrays hold a block of rows on each rank, and their rows are the ghost layers.
//     comm.Sendrecv(u[1], up, 0, u[-1], down, 0); comm.Sendrecv(u[-2], down, 1, u[0], up, 1)
//     alpha = rr / comm.allreduce((p[1:-1] * q[1:-1]).sum())
#include <mpi4cxx/mpi4cxx.hpp>

#include <Eigen/Core>

#include <cstdio>
#include <stdexcept>
#include <utility>

namespace MPI = mpi4cxx;
using Field = Eigen::ArrayXXd;  // by columns, so a row is memory with gaps

namespace {
/// A block of rows of a square of n by n points. The first row and the last belong to the neighbours, the outermost columns to the boundary.
struct Block {
    const MPI::Intracomm& comm;
    int n = 64, rank = comm.Get_rank(), size = comm.Get_size(), first = n * rank / size, rows = n * (rank + 1) / size - first;
    int up = rank > 0 ? rank - 1 : MPI::PROC_NULL, down = rank + 1 < size ? rank + 1 : MPI::PROC_NULL;

    Field zeros() const { return Field::Zero(rows + 2, n + 2); }
    auto inside(auto& u) const { return u.block(1, 1, rows, n); }

    /// The negative Laplacian of u, times the square of the distance of points.
    Field laplacian(Field& u) const {
        comm.Sendrecv(u.row(1), up, 0, u.row(rows + 1), down, 0);
        comm.Sendrecv(u.row(rows), down, 1, u.row(0), up, 1);
        Field result = zeros();
        inside(result) = 4 * inside(u) - u.block(0, 1, rows, n) - u.block(2, 1, rows, n) - u.block(1, 0, rows, n) - u.block(1, 2, rows, n);
        return result;
    }
    double dot(const Field& a, const Field& b) const { return comm.allreduce((inside(a) * inside(b)).sum()); }
};
}  // namespace

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const Block block{MPI::COMM_WORLD};
    const double h = 1.0 / (block.n + 1);
    Field exact = block.zeros(), f = block.zeros(), u = block.zeros();
    for (int i = 1; i <= block.rows; ++i)
        for (int j = 1; j <= block.n; ++j) {
            const double x = (block.first + i) * h, y = j * h;
            exact(i, j) = x * (1 - x) * y * (1 - y);
            f(i, j) = h * h * 2 * (x * (1 - x) + y * (1 - y));
        }

    Field r = f, p = f;
    double rr = block.dot(r, r);
    int steps = 0;
    for (const double enough = 1e-24 * rr; rr > enough && steps < 1000; ++steps) {
        const Field q = block.laplacian(p);
        const double alpha = rr / block.dot(p, q);
        u += alpha * p;
        r -= alpha * q;
        const double before = std::exchange(rr, block.dot(r, r));
        p = r + rr / before * p;
    }
    const double error = MPI::COMM_WORLD.allreduce((block.inside(u) - block.inside(exact)).abs().maxCoeff(), MPI::MAX);
    if (block.rank == 0)
        std::printf("%d steps on %d ranks, error %.1e\n", steps, block.size, error);
    if (!(error < 1e-10))
        throw std::runtime_error("not the solution");
}
