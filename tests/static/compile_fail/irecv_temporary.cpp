// error: mpi4cxx: a receive buffer must outlive the call: this one is a temporary
#include <mpi4cxx/intracomm.hpp>

#include <vector>

mpi4cxx::Request receive(const mpi4cxx::Comm& comm, std::vector<int>& numbers) {
#ifdef REJECTED
    return comm.Irecv(std::vector<int>(numbers.size()), 1);
#else
    return comm.Irecv(numbers, 1);
#endif
}
