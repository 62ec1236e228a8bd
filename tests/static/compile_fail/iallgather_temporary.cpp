// error: mpi4cxx: what a nonblocking call, or a buffer with a name, sends is read later: this one is a temporary
#include <mpi4cxx/intracomm.hpp>

#include <vector>

mpi4cxx::Request gather(const mpi4cxx::Comm& comm, const std::vector<int>& numbers, std::vector<int>& all) {
#ifdef REJECTED
    (void)numbers;
    return comm.Iallgather(std::vector{1, 2}, all);
#else
    return comm.Iallgather(numbers, all);
#endif
}
