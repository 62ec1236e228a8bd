// error: mpi4cxx: a SUM of bool is no count: reduce with LOR, or count with int
#include <mpi4cxx/intracomm.hpp>

bool any(const mpi4cxx::Comm& comm, bool flag) {
#ifdef REJECTED
    return comm.allreduce(flag);
#else
    return comm.allreduce(flag, mpi4cxx::LOR);
#endif
}
