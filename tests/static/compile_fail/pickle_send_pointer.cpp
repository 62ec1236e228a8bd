// error: mpi4cxx: this type cannot be sent to Python: a pointer does not say what it points to
#include <mpi4cxx/python.hpp>

#include <optional>
#include <string>

struct Node {
    std::string name;
#ifdef REJECTED
    double* weight;
#else
    std::optional<double> weight;
#endif
};

void send(const mpi4cxx::PickleComm& comm, const Node& node) { comm.send(node, 1); }
