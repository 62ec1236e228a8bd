// error: mpi4cxx: this type cannot be sent as an object: give it a `template <class Archive> void serialize\(Archive&\)` that names what
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
