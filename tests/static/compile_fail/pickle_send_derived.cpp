// error: mpi4cxx: this type is no value of Python's: a class that derives from a container would lose its own members
#include <mpi4cxx/python.hpp>

#include <string>
#include <vector>

#ifdef REJECTED
struct Column : std::vector<double> {
    std::string name;
};
#else
struct Column {
    std::vector<double> values;
    std::string name;
};
#endif

void send(const mpi4cxx::PickleComm& comm, const Column& column) { comm.send(column, 1); }
