// error: mpi4cxx: this type cannot be a buffer, because it has no MPI datatype
#include <mpi4cxx/intracomm.hpp>

struct View {
#ifdef REJECTED
    const double& value;
#else
    double value;
#endif
    int place;
};

void send(const mpi4cxx::Comm& comm, const View& view) { comm.Send(view, 1); }
