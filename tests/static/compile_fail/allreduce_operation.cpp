// error: mpi4cxx: an operation stands where the receive buffer belongs: .* allreduce\(x, op\)
#include <mpi4cxx/intracomm.hpp>

double add(const mpi4cxx::Comm& comm, double x) {
#ifdef REJECTED
    comm.Allreduce(x, mpi4cxx::SUM);
    return x;
#else
    return comm.allreduce(x, mpi4cxx::SUM);
#endif
}
