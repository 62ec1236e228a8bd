// error: mpi4cxx: what a nonblocking call, or a buffer with a name, sends is read later: this one is a temporary
#include <mpi4cxx/intracomm.hpp>

#include <vector>

mpi4cxx::Request send(const mpi4cxx::Comm& comm, const std::vector<int>& numbers) {
#ifdef REJECTED
    (void)numbers;
    return comm.Isend(std::vector{1, 2}, 1);
#else
    return comm.Isend(numbers, 1);
#endif
}
