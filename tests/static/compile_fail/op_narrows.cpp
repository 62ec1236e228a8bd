// error: mpi4cxx: this operation returns a narrower type of numbers
#include <mpi4cxx/intracomm.hpp>

#include <functional>

#ifdef REJECTED
using Number = int;
#else
using Number = double;
#endif

double sum(const mpi4cxx::Comm& comm) { return comm.allreduce(1.5, std::plus<Number>()); }
