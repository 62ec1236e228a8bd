// Recipes for whole algorithms: sample sort, Cannon's product, conjugate gradients, k-means, Game of Life
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>
#include <span>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

static void check(bool is_right) {
    if (!is_right)
        throw std::runtime_error("a recipe is wrong");
}

// How do I sort data that is spread over the ranks?
static std::vector<int> sample_sort(const MPI::Intracomm& comm, std::vector<int> mine) {
    const auto size = static_cast<std::size_t>(comm.size());
    std::sort(mine.begin(), mine.end());
    std::vector<int> sample;
    for (std::size_t i = 0; i < size; ++i) sample.push_back(mine[i * mine.size() / size]);
    sample = comm.Allgatherv(sample);
    std::sort(sample.begin(), sample.end());

    std::vector<int> counts(size);  // how many of my numbers go to each rank
    auto begin = mine.begin();
    for (std::size_t p = 0; p < size; ++p) {
        const auto end = p + 1 < size ? std::lower_bound(begin, mine.end(), sample[(p + 1) * size]) : mine.end();
        counts[p] = static_cast<int>(end - begin);
        begin = end;
    }
    mine = comm.Alltoallv(mine, counts);
    std::sort(mine.begin(), mine.end());
    return mine;
}

// How do I multiply matrices whose blocks are spread over a square of processes (Cannon)?
static std::vector<double> cannon(const MPI::Cartcomm& grid, std::vector<double> a, std::vector<double> b, std::size_t n) {
    const int q = grid.dims()[0], row = grid.coords()[0], column = grid.coords()[1];
    const auto shift = [&](std::vector<double>& block, int dimension, int steps) {
        const auto [source, dest] = grid.Shift(dimension, -steps);
        grid.Sendrecv_replace(block, dest, 0, source, 0);
    };
    std::vector<double> c(n * n);
    shift(a, 1, row);
    shift(b, 0, column);
    for (int step = 0; step < q; ++step) {
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t k = 0; k < n; ++k)
                for (std::size_t j = 0; j < n; ++j) c[i * n + j] += a[i * n + k] * b[k * n + j];
        shift(a, 1, 1);
        shift(b, 0, 1);
    }
    return c;
}

static void product(const MPI::Intracomm& comm) {
    const int q = static_cast<int>(std::sqrt(comm.size()));
    const MPI::Cartcomm grid = comm.Create_cart({q, q}, true);  // null on ranks that are left over
    if (grid.is_null())
        return;
    const std::size_t n = 3;
    const std::vector<double> ones(n * n, 1.0), c = cannon(grid, ones, ones, n);
    check(c.back() == static_cast<double>(n) * q);
}

// How do I solve a system of equations whose rows are spread over the ranks (conjugate gradients)?
static double dot(const MPI::Intracomm& comm, const std::vector<double>& a, const std::vector<double>& b) {
    return comm.allreduce(std::inner_product(a.begin(), a.end(), b.begin(), 0.0));
}

/// The product of the matrix with 2 on its diagonal and -1 beside it.
static std::vector<double> times(const MPI::Intracomm& comm, const std::vector<double>& x) {
    const int left = comm.rank() > 0 ? comm.rank() - 1 : MPI::PROC_NULL, right = comm.rank() + 1 < comm.size() ? comm.rank() + 1 : MPI::PROC_NULL;
    double before = 0, after = 0;
    comm.Sendrecv(x.back(), right, 0, before, left, 0);
    comm.Sendrecv(x.front(), left, 0, after, right, 0);
    std::vector<double> y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = 2 * x[i] - (i > 0 ? x[i - 1] : before) - (i + 1 < x.size() ? x[i + 1] : after);
    return y;
}

static std::vector<double> conjugate_gradients(const MPI::Intracomm& comm, const std::vector<double>& b) {
    std::vector<double> x(b.size()), residual = b, direction = b;
    double old = dot(comm, residual, residual);
    for (int step = 0; step < 1000 && old > 1e-20; ++step) {
        const std::vector<double> product = times(comm, direction);
        const double alpha = old / dot(comm, direction, product);
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] += alpha * direction[i];
            residual[i] -= alpha * product[i];
        }
        const double now = dot(comm, residual, residual);
        for (std::size_t i = 0; i < x.size(); ++i) direction[i] = residual[i] + now / old * direction[i];
        old = now;
    }
    return x;
}

// How do I find clusters of points that are spread over the ranks (k-means)?
static std::vector<double> k_means(const MPI::Intracomm& comm, const std::vector<double>& points, std::vector<double> centres) {
    const std::size_t k = centres.size();
    for (int step = 0; step < 20; ++step) {
        std::vector<double> sums(2 * k);  // of the points of each cluster, and how many there are
        for (const double x : points) {
            const auto nearest =
                std::min_element(centres.begin(), centres.end(), [x](double a, double b) { return std::abs(a - x) < std::abs(b - x); });
            const auto i = static_cast<std::size_t>(nearest - centres.begin());
            sums[i] += x;
            sums[k + i] += 1;
        }
        comm.Allreduce(MPI::IN_PLACE, sums);
        for (std::size_t i = 0; i < k; ++i)
            if (sums[k + i] > 0)
                centres[i] = sums[i] / sums[k + i];
    }
    return centres;
}

// How do I compute the Game of Life, each rank a part of the rows?
using Row = std::array<char, 8>;

static void life(const MPI::Intracomm& comm, std::vector<Row>& cells) {  // with a row of a neighbour above and below
    const int up = (comm.rank() + comm.size() - 1) % comm.size(), down = (comm.rank() + 1) % comm.size();
    comm.Sendrecv(cells[1], up, 0, cells.back(), down, 0);
    comm.Sendrecv(cells[cells.size() - 2], down, 1, cells[0], up, 1);
    const std::vector<Row> old = cells;
    for (std::size_t i = 1; i + 1 < cells.size(); ++i)
        for (std::size_t j = 0; j < Row().size(); ++j) {
            int neighbours = -old[i][j];
            for (const std::size_t y : {i - 1, i, i + 1})
                for (const std::size_t x : {j + 7, j, j + 1}) neighbours += old[y][x % 8];
            cells[i][j] = neighbours == 3 || (neighbours == 2 && old[i][j] == 1);
        }
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;

    std::mt19937 random(static_cast<unsigned>(comm.rank()));
    std::vector<int> numbers(1000);
    for (int& x : numbers) x = static_cast<int>(random() % 100'000);
    const std::vector<int> sorted = sample_sort(comm, numbers);
    const auto ends = comm.allgather(sorted.empty() ? std::vector<int>() : std::vector{sorted.front(), sorted.back()});
    std::vector<int> all;
    for (const std::vector<int>& part : ends) all.insert(all.end(), part.begin(), part.end());
    check(std::is_sorted(sorted.begin(), sorted.end()) && std::is_sorted(all.begin(), all.end()));
    check(comm.allreduce(std::ssize(sorted)) == 1000 * comm.size());

    product(comm);

    const std::vector<double> b(20, 1.0), x = conjugate_gradients(comm, b), again = times(comm, x);
    check(std::abs(again[7] - 1) < 1e-6);

    const std::vector<double> centres = k_means(comm, {1, 2, 3, 11, 12, 13}, {0, 10});
    check(centres[0] == 2 && centres[1] == 12);

    std::vector<Row> cells(6);
    if (comm.rank() == 0)  // a glider
        cells[1][1] = cells[2][2] = cells[3][0] = cells[3][1] = cells[3][2] = 1;
    for (int step = 0; step < 4 * 8; ++step) life(comm, cells);
    int alive = 0;
    for (std::size_t i = 1; i + 1 < cells.size(); ++i) alive += std::accumulate(cells[i].begin(), cells[i].end(), 0);
    check(comm.size() == 1 || comm.allreduce(alive) == 5);
}
