// error: mpi4cxx: a plain Request would lose this request's object: comm.irecv_into\(object, source\)
#include <mpi4cxx/intracomm.hpp>

#include <string>
#include <vector>

void receive(const mpi4cxx::Comm& comm, std::string& object) {
    std::vector<mpi4cxx::Request> requests;
#ifdef REJECTED
    requests.push_back(comm.irecv<std::string>(1));
#else
    requests.push_back(comm.irecv_into(object, 1));
    requests.push_back(comm.irecv<std::string>(1).into(object));
#endif
}
