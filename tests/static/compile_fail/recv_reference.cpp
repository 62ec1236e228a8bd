// error: mpi4cxx: no object of this type can be received
#include <mpi4cxx/intracomm.hpp>

#ifdef REJECTED
using Wanted = int&;
#else
using Wanted = int;
#endif

int receive(const mpi4cxx::Comm& comm) { return comm.recv<Wanted>(0); }
