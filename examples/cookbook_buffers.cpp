// Recipes for buffers: structs, rows, columns and blocks of matrices, halos, unequal lengths, many requests
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <span>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

static void check(bool is_right) {
    if (!is_right)
        throw std::runtime_error("a recipe is wrong");
}

// How do I send an array of structs at the speed of an array of numbers?
struct Particle {
    double position[3];
    int charge;
    bool is_fixed;
};

static void array_of_structs(const MPI::Intracomm& comm) {
    const std::vector<Particle> mine(3, {{1, 2, 3}, comm.rank(), true});
    std::vector<Particle> all(3 * static_cast<std::size_t>(comm.size()));
    comm.Allgather(mine, all);  // the datatype of Particle is made by the library
    check(all.back().charge == comm.size() - 1 && all.back().is_fixed);
}

// How do I distribute the rows of a matrix?
static void rows(const MPI::Intracomm& comm) {
    constexpr std::size_t width = 4, rows_each = 2;
    std::vector<double> matrix, mine(rows_each * width);
    if (comm.rank() == 0) {
        matrix.resize(mine.size() * static_cast<std::size_t>(comm.size()));
        std::iota(matrix.begin(), matrix.end(), 0.0);
    }
    comm.Scatter(matrix, mine, 0);  // row by row, so a block of rows lies in one piece
    check(mine[0] == static_cast<double>(mine.size()) * comm.rank());
}

// How do I send a column of a matrix?
static void column(const MPI::Intracomm& comm) {
    constexpr int height = 3, width = 4;
    std::vector<double> matrix(height * width, comm.rank());
    const MPI::Datatype type = MPI::DOUBLE.Create_vector(height, 1, width).Commit();
    const int right = (comm.rank() + 1) % comm.size(), left = (comm.rank() + comm.size() - 1) % comm.size();
    comm.Sendrecv({&matrix[2], 1, type}, right, 0, {&matrix[0], 1, type}, left, 0);  // column 2 to their column 0
    check(matrix[2 * width] == left && matrix[2 * width + 1] == comm.rank());
}

// How do I distribute a matrix in two-dimensional blocks?
static void blocks(const MPI::Intracomm& comm) {
    constexpr int n = 2;  // each process gets a block of n × n
    const std::vector<int> dims = MPI::Compute_dims(comm.size(), 2);
    const int height = n * dims[0], width = n * dims[1];
    const MPI::Datatype block = MPI::DOUBLE.Create_subarray({height, width}, {n, n}, {0, 0}).Create_resized(0, sizeof(double)).Commit();
    std::vector<int> counts(static_cast<std::size_t>(comm.size()), 1), displs;  // in elements: where each block begins
    for (int i = 0; i < dims[0]; ++i)
        for (int j = 0; j < dims[1]; ++j) displs.push_back(i * n * width + j * n);
    std::vector<double> matrix(static_cast<std::size_t>(height * width)), mine(n * n);
    std::iota(matrix.begin(), matrix.end(), 0.0);
    comm.Scatterv({matrix, counts, displs, block}, mine, 0);
    check(mine[0] == displs[static_cast<std::size_t>(comm.rank())] && mine[n] == mine[0] + width);
}

// How do I exchange the halo of a field that is divided in two dimensions?
static void halo(const MPI::Intracomm& comm) {
    constexpr int h = 4, w = 5;  // with a ghost cell on each side
    const MPI::Cartcomm grid = comm.Create_cart(MPI::Compute_dims(comm.size(), 2), true);
    std::vector<double> field(h * w, grid.rank());
    const auto part = [](int height, int width, int i, int j) { return MPI::DOUBLE.Create_subarray({h, w}, {height, width}, {i, j}).Commit(); };
    const auto exchange = [&](int dimension, int step, const MPI::Datatype& own, const MPI::Datatype& ghost) {
        const auto [source, dest] = grid.Shift(dimension, step);
        grid.Sendrecv({field.data(), 1, own}, dest, 0, {field.data(), 1, ghost}, source, 0);
    };
    exchange(0, -1, part(1, w - 2, 1, 1), part(1, w - 2, h - 1, 1));  // up
    exchange(0, 1, part(1, w - 2, h - 2, 1), part(1, w - 2, 0, 1));   // down
    exchange(1, -1, part(h - 2, 1, 1, 1), part(h - 2, 1, 1, w - 1));  // left
    exchange(1, 1, part(h - 2, 1, 1, w - 2), part(h - 2, 1, 1, 0));   // right
    check(field[w] == grid.Shift(1, 1).source && field[1] == grid.Shift(0, 1).source);
}

// How do I collect arrays whose lengths only their owners know?
static void unknown_lengths(const MPI::Intracomm& comm) {
    const std::vector<int> mine(static_cast<std::size_t>(comm.rank()), comm.rank());
    const auto [all, counts] = comm.Gatherv_counted(mine, 0);  // without _counted only the elements
    check(comm.rank() != 0 || std::accumulate(counts.begin(), counts.end(), MPI::Count(0)) == std::ssize(all));
}

// How do I divide an array that the number of ranks does not divide?
static void uneven_parts(const MPI::Intracomm& comm) {
    const auto size = static_cast<std::size_t>(comm.size());
    std::vector<double> all;
    std::vector<int> counts;
    if (comm.rank() == 0) {
        all.assign(10, 0.5);
        for (std::size_t p = 0; p < size; ++p) counts.push_back(static_cast<int>(all.size() / size + (p < all.size() % size ? 1 : 0)));
    }
    const std::vector<double> mine = comm.Scatterv(all, counts, 0);
    const std::vector<double> again = comm.Gatherv(mine, 0);
    check(again == all);
}

// How do I receive a message whose length I do not know?
static void unknown_length(const MPI::Intracomm& comm) {
    const std::vector<double> data(17, 1.5);
    MPI::Request sent = comm.Isend(data, comm.rank());
    const std::vector<double> received = comm.Recv<double>(comm.rank());
    sent.Wait();
    check(received == data);
}

// How do I pass messages around a ring without a deadlock?
static void ring(const MPI::Intracomm& comm) {
    const int right = (comm.rank() + 1) % comm.size(), left = (comm.rank() + comm.size() - 1) % comm.size();
    std::vector<double> mine(1000, comm.rank());
    for (int step = 0; step < comm.size(); ++step) comm.Sendrecv_replace(mine, right, 0, left, 0);  // any length: it cannot block
    check(mine[0] == comm.rank());
}

// How do I work on messages in the order in which they come?
static void as_they_come(const MPI::Intracomm& comm) {
    const auto size = static_cast<std::size_t>(comm.size());
    std::vector<int> from(size);
    std::vector<MPI::Request> receives, sends;
    for (std::size_t p = 0; p < size; ++p) receives.push_back(comm.Irecv(from[p], static_cast<int>(p)));
    const int mine = comm.rank();
    for (std::size_t p = 0; p < size; ++p) sends.push_back(comm.Isend(mine, static_cast<int>(p)));
    for (int index = 0; (index = MPI::Request::Waitany(receives)) != MPI::UNDEFINED;) check(from[static_cast<std::size_t>(index)] == index);
    MPI::Request::Waitall(sends);
}

// How do I compute while messages are under way?
static void overlap(const MPI::Intracomm& comm) {
    const int right = (comm.rank() + 1) % comm.size(), left = (comm.rank() + comm.size() - 1) % comm.size();
    std::vector<double> mine(1000, 1.0);
    double ghost = 0;
    std::array<MPI::Request, 2> requests{comm.Irecv(ghost, left), comm.Isend(mine.back(), right)};
    const double inside = std::accumulate(mine.begin(), mine.end(), 0.0);  // needs no ghost
    MPI::Request::Waitall(requests);
    check(inside + ghost == 1001);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    array_of_structs(comm);
    rows(comm);
    column(comm);
    blocks(comm);
    halo(comm);
    unknown_lengths(comm);
    uneven_parts(comm);
    unknown_length(comm);
    ring(comm);
    as_they_come(comm);
    overlap(comm);
}
