#include "case.hpp"

#include <string>
#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A failing function of a lock is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    MPI::sync::Counter counter(comm);
    MPI::sync::Mutex free(comm), held(comm);
    MPI::sync::Condition condition(comm);
    MPI::sync::Semaphore semaphore(comm);
    held.acquire();
    condition.acquire();

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Comm_split", "", [&](MPI::Count) { MPI::sync::Sequential sequential(comm); }),
        Case("MPI_Comm_set_name", "", [&](MPI::Count) { MPI::sync::Mutex mutex(comm); }),
        Case("MPI_Win_allocate_shared", "", [&](MPI::Count) { MPI::sync::Mutex mutex(comm); }),
        Case("MPI_Win_lock_all", "", [&](MPI::Count) { MPI::sync::Counter made(comm); }),
        Case("MPI_Fetch_and_op", "", [&](MPI::Count) { (void)counter.next(); }),
        Case("MPI_Win_flush", "", [&](MPI::Count) { (void)counter.next(); }),
        Case("MPI_Fetch_and_op", "", [&](MPI::Count) { free.acquire(); }),
        Case("MPI_Compare_and_swap", "", [&](MPI::Count) { free.acquire(false); }),
        Case("MPI_Compare_and_swap", "", [&](MPI::Count) { held.release(); }),
        Case("MPI_Fetch_and_op", "", [&](MPI::Count) { condition.wait(); }),
        Case("MPI_Irecv", "", [&](MPI::Count) { condition.wait(); }),
        Case("MPI_Get", "", [&](MPI::Count) { (void)condition.notify(); }),
        Case("MPI_Get", "", [&](MPI::Count) { semaphore.acquire(); }),
        Case("MPI_Put", "", [&](MPI::Count) { semaphore.acquire(); }),
        Case("MPI_Win_unlock_all", "", [&](MPI::Count) { counter.free(); }),
    }) check(c);
    // clang-format on

    CHECK(held.locked());  // a lock that could not be given back is still held, and so can be given back
    held.release();
    free.acquire();
    free.release();
    CHECK(condition.locked());
    condition.release();
    semaphore.acquire();
    semaphore.release();
}
