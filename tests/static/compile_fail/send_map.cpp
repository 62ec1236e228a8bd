// error: mpi4cxx: this type cannot be a buffer, because it has no MPI datatype: .* lowercase method
#include <mpi4cxx/intracomm.hpp>

#include <map>

#include <cereal/types/map.hpp>

void send(const mpi4cxx::Comm& comm, const std::map<int, double>& map) {
#ifdef REJECTED
    comm.Send(map, 1);
#else
    comm.send(map, 1);
#endif
}
