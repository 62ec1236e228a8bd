// error: ignoring return value
#include <mpi4cxx/intracomm.hpp>

#pragma GCC diagnostic error "-Wunused-result"

void send(const mpi4cxx::Comm& comm, const int& number) {
#ifdef REJECTED
    comm.Isend(number, 1);
#else
    comm.Isend(number, 1).Wait();
#endif
}
