// error: deleted
#include <mpi4cxx/intracomm.hpp>

mpi4cxx::Intracomm copy(const mpi4cxx::Intracomm& comm) {
#ifdef REJECTED
    return mpi4cxx::Intracomm(comm);
#else
    return comm.Dup();
#endif
}
