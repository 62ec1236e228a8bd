// error: mpi4cxx: this type cannot be a buffer, because it has no MPI datatype: .* lowercase method
#include <mpi4cxx/intracomm.hpp>

#include <string>
#include <vector>

void send(const mpi4cxx::Comm& comm, const std::vector<std::string>& strings) {
#ifdef REJECTED
    comm.Send(strings, 1);
#else
    comm.Send(strings[0], 1);
#endif
}
