// error: mpi4cxx: a receive buffer must be writable: this one is const
#include <mpi4cxx/intracomm.hpp>

#include <vector>

#ifdef REJECTED
using Numbers = const std::vector<int>;
#else
using Numbers = std::vector<int>;
#endif

void receive(const mpi4cxx::Comm& comm, Numbers& numbers) { comm.Recv(numbers, 1); }
