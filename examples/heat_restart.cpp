// Heat in a ring: a job that ends half-way goes on from its checkpoint, on the same or another number of processes
//     pickle.dump(ring, open(f"heat-{rank}", "wb"))        # mpi4py has no checkpoints: this writes a file for each process
// Writes heat.ckpt: one file, which is the old checkpoint or the new one even if the job is killed while it writes
#include <mpi4cxx/checkpoint.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <numbers>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

/// What a process keeps: its part of the ring after some steps.
struct Ring {
    int step = 0;
    std::vector<double> cells;
};

constexpr std::size_t all_cells = 1000;

static std::size_t first_cell(int rank, int size) { return all_cells * static_cast<std::size_t>(rank) / static_cast<std::size_t>(size); }

/// Go on until `last`. Each process gives the cells at its ends to its neighbours.
static void advance(const MPI::Intracomm& comm, Ring& ring, int last) {
    const int rank = comm.Get_rank(), size = comm.Get_size(), left = (rank + size - 1) % size, right = (rank + 1) % size;
    for (; ring.step < last; ++ring.step) {
        double before = 0, after = 0;
        comm.Sendrecv(ring.cells.back(), right, 0, before, left);
        comm.Sendrecv(ring.cells.front(), left, 0, after, right);
        for (std::size_t i = 0; i < ring.cells.size(); ++i) {
            const double here = ring.cells[i], next = i + 1 < ring.cells.size() ? ring.cells[i + 1] : after;
            ring.cells[i] = 0.5 * here + 0.25 * (before + next);
            before = here;
        }
    }
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.Get_rank(), size = comm.Get_size();
    Ring ring;
    for (std::size_t i = first_cell(rank, size); i < first_cell(rank + 1, size); ++i)
        ring.cells.push_back(1 + std::sin(2 * std::numbers::pi * static_cast<double>(i) / all_cells));
    advance(comm, ring, 50);
    MPI::dump(comm, "heat.ckpt", ring);
    advance(comm, ring, 100);
    const std::vector<double> expected = comm.Allgatherv(ring.cells);  // the result of a job that goes on to the end

    ring = MPI::load<Ring>(comm, "heat.ckpt");  // another job, of as many processes
    advance(comm, ring, 100);
    if (comm.Allgatherv(ring.cells) != expected)
        throw std::runtime_error("the job that went on from the checkpoint has another result");

    const int fewer = (size + 1) / 2;  // another job, of other processes: each takes its part of what all have written
    if (const MPI::Intracomm some = comm.Split(rank < fewer ? 0 : MPI::UNDEFINED, rank)) {
        std::vector<double> cells;
        for (const Ring& part : MPI::load_all<Ring>(some, "heat.ckpt")) cells.insert(cells.end(), part.cells.begin(), part.cells.end());
        const auto cell = [&](int of) { return cells.begin() + static_cast<std::ptrdiff_t>(first_cell(of, fewer)); };
        ring = {50, {cell(rank), cell(rank + 1)}};
        advance(some, ring, 100);
        if (some.Allgatherv(ring.cells) != expected)
            throw std::runtime_error("the job of fewer processes has another result");
    }
    if (rank == 0)
        std::printf("after 50 steps, a restart and 50 more: cell 0 has %.6f\n", expected[0]);
}
