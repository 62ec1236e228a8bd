// error: mpi4cxx: this type is no value of Python's: specialise mpi4cxx::python::conversion for it
// flags: -std=gnu++20
#include <mpi4cxx/python.hpp>

#include <vector>

#ifdef REJECTED
using Number = __int128;
#else
using Number = long long;
#endif

void send(const mpi4cxx::PickleComm& comm, const std::vector<Number>& numbers) { comm.send(numbers, 1); }
