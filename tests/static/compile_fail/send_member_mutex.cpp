// error: mpi4cxx: this type cannot be sent as an object: it is a class of a library
#include <mpi4cxx/intracomm.hpp>

#include <mutex>
#include <string>
#include <vector>

struct Guarded {
    std::string name;
#ifdef REJECTED
    std::mutex guard;
#endif
};
struct Table {
    std::vector<Guarded> rows;
};

void send(const mpi4cxx::Comm& comm, const Table& table) { comm.send(table, 1); }
