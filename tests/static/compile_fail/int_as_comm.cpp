// error: int
#include <mpi4cxx/intracomm.hpp>

int size(const mpi4cxx::Comm& comm) { return comm.size(); }

#ifdef REJECTED
const int result = size(0);
#else
const int result = size(mpi4cxx::COMM_WORLD);
#endif
