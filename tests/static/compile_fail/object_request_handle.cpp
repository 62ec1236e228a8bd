// error: mpi4cxx: the request of an object is no MPI_Request that C could wait for
#include <mpi4cxx/intracomm.hpp>

int wait(mpi4cxx::ObjectRequest<int>& request) {
#ifdef REJECTED
    MPI_Request raw = request.handle();
    return MPI_Wait(&raw, MPI_STATUS_IGNORE);
#else
    return request.wait();
#endif
}
