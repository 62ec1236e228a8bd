// error: mpi4cxx: this type cannot be sent as an object: a pointer does not say what it points to
#include <mpi4cxx/intracomm.hpp>

#include <memory>
#include <string>

struct Node {
    std::string name;
#ifdef REJECTED
    Node* next;
#else
    std::unique_ptr<Node> next;
#endif
};

void send(const mpi4cxx::Comm& comm, const Node& node) { comm.send(node, 1); }
