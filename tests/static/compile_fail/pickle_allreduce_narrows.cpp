// error: mpi4cxx: this operation returns a narrower type of numbers
#include <mpi4cxx/python.hpp>

#ifdef REJECTED
using Result = int;
#else
using Result = double;
#endif

double sum(const mpi4cxx::PickleComm& comm, double value) {
    return comm.allreduce(value, [](double a, double b) { return static_cast<Result>(a + b); });
}
