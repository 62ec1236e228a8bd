// error: mpi4cxx: this type cannot be sent as an object: a view or a reference within an object has nothing
#include <mpi4cxx/intracomm.hpp>

#include <map>
#include <string>
#include <string_view>

#ifdef REJECTED
using Key = std::string_view;
#else
using Key = std::string;
#endif

void send(const mpi4cxx::Comm& comm, const std::map<Key, int>& map) { comm.send(map, 1); }
