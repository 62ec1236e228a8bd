// Ranks that take the next piece of work when they are done with one, by a shared counter: the library's, and one made of a window
//     counter = sync.Counter(comm=comm)
//     for item in counter:
//         if item >= ITEMS: break
//         work(item)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <stdexcept>

namespace MPI = mpi4cxx;

constexpr long items = 200;

// Steps of the Collatz sequence from n: nobody knows in advance how long a piece of work takes
static long work(long n) {
    long steps = 0;
    for (long x = n + 1; x != 1; x = x % 2 == 0 ? x / 2 : 3 * x + 1) ++steps;
    return steps;
}

static long by_counter(const MPI::Intracomm& comm) {
    MPI::sync::Counter counter(comm);
    long sum = 0;
    for (const auto item : counter) {
        if (item >= items)
            break;
        sum += work(item);
    }
    return sum;
}

static long by_window(const MPI::Intracomm& comm) {
    MPI::Win win = MPI::Win::Allocate<long>(comm.Get_rank() == 0 ? 1 : 0, comm);
    for (long& next : win.span<long>()) next = 0;
    comm.Barrier();
    const long one = 1;
    long sum = 0, item = 0;
    const auto epoch = win.lock_all();
    while (true) {
        win.Fetch_and_op(one, item, 0);
        epoch.flush(0);
        if (item >= items)
            return sum;
        sum += work(item);
    }
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;

    long alone = 0;
    for (long item = 0; item < items; ++item) alone += work(item);
    const long counted = comm.allreduce(by_counter(comm), MPI::SUM), raw = comm.allreduce(by_window(comm), MPI::SUM);
    if (counted != alone || raw != alone)
        throw std::runtime_error("each piece of work is done once");
    if (comm.Get_rank() == 0)
        std::printf("%ld items, %ld steps\n", items, alone);
}
