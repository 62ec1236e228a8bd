// error: mpi4cxx: a receive buffer must outlive the call: this one is a temporary
#include <mpi4cxx/intracomm.hpp>

#include <span>
#include <vector>

void receive(const mpi4cxx::Comm& comm, std::vector<int>& numbers) {
#ifdef REJECTED
    comm.Recv(std::vector<int>(numbers), 1);
#else
    comm.Recv(std::span(numbers), 1);
#endif
}
