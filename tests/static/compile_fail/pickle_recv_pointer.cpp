// error: mpi4cxx: a received value needs a type that owns it
#include <mpi4cxx/python.hpp>

#include <optional>

#ifdef REJECTED
using Number = double*;
#else
using Number = std::optional<double>;
#endif

Number receive(const mpi4cxx::PickleComm& comm) { return comm.recv<Number>(1); }
