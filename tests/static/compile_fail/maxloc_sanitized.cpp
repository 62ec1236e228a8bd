// error: mpi4cxx: this operation does not combine two objects of this type
// flags: -fsanitize=undefined
#include <mpi4cxx/intracomm.hpp>

#include <string>
#include <utility>

auto greatest(const mpi4cxx::Comm& comm, const std::pair<double, int>& mine) {
#ifdef REJECTED
    return comm.allreduce(std::to_string(mine.second), mpi4cxx::MAXLOC);
#else
    return comm.allreduce(mine, mpi4cxx::MAXLOC);
#endif
}
