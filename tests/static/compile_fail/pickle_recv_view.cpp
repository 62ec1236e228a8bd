// error: mpi4cxx: a received value needs a type that owns it
#include <mpi4cxx/python.hpp>

#include <string>
#include <string_view>
#include <vector>

#ifdef REJECTED
using Texts = std::vector<std::string_view>;
#else
using Texts = std::vector<std::string>;
#endif

Texts receive(const mpi4cxx::PickleComm& comm) { return comm.recv<Texts>(1); }
