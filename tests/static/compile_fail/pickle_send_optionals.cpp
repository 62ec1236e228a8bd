// error: mpi4cxx: this type is no value of Python's: an optional of an optional cannot tell one None from the other
#include <mpi4cxx/python.hpp>

#include <optional>

#ifdef REJECTED
using Maybe = std::optional<std::optional<int>>;
#else
using Maybe = std::optional<int>;
#endif

void send(const mpi4cxx::PickleComm& comm, const Maybe& maybe) { comm.send(maybe, 1); }
