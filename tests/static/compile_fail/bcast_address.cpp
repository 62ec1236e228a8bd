// error: mpi4cxx: a pointer has no count: write {pointer, count}, or {pointer, count, datatype}
#include <mpi4cxx/intracomm.hpp>

void share(const mpi4cxx::Comm& comm, int& number) {
#ifdef REJECTED
    comm.Bcast(&number);
#else
    comm.Bcast(number);
#endif
}
