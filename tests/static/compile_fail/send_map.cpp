// error: mpi4cxx: the elements of this range do not lie in one piece of memory: .* lowercase method
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
