// error: mpi4cxx: a pointer has no count: write {pointer, count}, or {pointer, count, datatype}
#include <mpi4cxx/intracomm.hpp>

void send(const mpi4cxx::Comm& comm, const double* numbers, int n) {
#ifdef REJECTED
    (void)n;
    comm.Send(numbers, 1);
#else
    comm.Send({numbers, n}, 1);
#endif
}
