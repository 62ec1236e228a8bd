// error: mpi4cxx: this type cannot be sent as an object: a function has its address in one process only
#include <mpi4cxx/intracomm.hpp>

#include <functional>
#include <set>

#ifdef REJECTED
using Order = bool (*)(int, int);
#else
using Order = std::greater<int>;
#endif

void send(const mpi4cxx::Comm& comm, const std::set<int, Order>& numbers) { comm.send(numbers, 1); }
