#include <mpi4cxx/detail/divisible.hpp>

namespace mpi4cxx::detail {

MPI_Comm split(Place where, int color, int key) { return get<MPI_Comm_split>(*where.comm, color, key, where); }

}  // namespace mpi4cxx::detail
