// error: mpi4cxx: this operation does not combine two objects of this type: .*Allreduce for allreduce
#include <mpi4cxx/python.hpp>

#include <vector>

#ifdef REJECTED
using Value = std::vector<double>;
#else
using Value = double;
#endif

Value sum(const mpi4cxx::PickleComm& comm, const Value& value) { return comm.allreduce(value, mpi4cxx::SUM); }
