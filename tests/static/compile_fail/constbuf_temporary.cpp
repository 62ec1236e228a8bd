// error: mpi4cxx: what a nonblocking call, or a buffer with a name, sends is read later: this one is a temporary
#include <mpi4cxx/intracomm.hpp>

#include <vector>

mpi4cxx::Request send(const mpi4cxx::Comm& comm, const std::vector<int>& numbers) {
#ifdef REJECTED
    return comm.Isend(mpi4cxx::ConstBuf(std::vector<int>(numbers)), 1);
#else
    return comm.Isend(mpi4cxx::ConstBuf(numbers), 1);
#endif
}
