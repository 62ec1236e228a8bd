// Tutorial, chapter 8: memory that other ranks read and change
//     win = MPI.Win.Allocate(8 * 4, 8, comm=comm)
//     win.Fence(); win.Accumulate(one, target, target=bin); win.Fence()
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <numeric>
#include <span>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;

    const MPI::Win win = MPI::Win::Allocate<long>(4, comm);  // four counters on each rank
    const std::span<long> mine = win.span<long>();
    for (long& counter : mine) counter = 0;

    const long one = 1;
    {
        const auto epoch = win.fence();  // from here on, all ranks may access all
        for (int target = 0; target < comm.size(); ++target) win.Accumulate(one, target, comm.rank() % 4);
    }  // now all of that is done, everywhere

    if (comm.rank() == 0)
        std::printf("rank 0 was counted on by %ld ranks\n", std::reduce(mine.begin(), mine.end()));

    long theirs = 0;
    {
        const auto epoch = win.lock(comm.size() - 1, MPI::LOCK_SHARED);  // that rank need not do anything
        win.Get(theirs, comm.size() - 1);
    }
    if (comm.rank() == 0)
        std::printf("the first counter of the last rank is %ld\n", theirs);
}
