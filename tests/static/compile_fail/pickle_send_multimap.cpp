// error: mpi4cxx: this type is no value of Python's: a dict or a set has each key once
#include <mpi4cxx/python.hpp>

#include <map>
#include <string>
#include <vector>

#ifdef REJECTED
using Groups = std::multimap<std::string, int>;
#else
using Groups = std::map<std::string, std::vector<int>>;
#endif

void send(const mpi4cxx::PickleComm& comm, const Groups& groups) { comm.send(groups, 1); }
