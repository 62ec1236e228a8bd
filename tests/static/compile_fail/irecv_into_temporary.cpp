// error: mpi4cxx: irecv_into writes to its object after it has returned: this one is const or a temporary
#include <mpi4cxx/intracomm.hpp>

#include <string>

mpi4cxx::Request receive(const mpi4cxx::Comm& comm, std::string& object) {
#ifdef REJECTED
    return comm.irecv_into(std::move(object), 1);
#else
    return comm.irecv_into(object, 1);
#endif
}
