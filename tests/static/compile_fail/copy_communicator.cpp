// error: const.reference.*Dup
#include <mpi4cxx/intracomm.hpp>

#ifdef REJECTED
const mpi4cxx::Intracomm comm = mpi4cxx::COMM_WORLD;
#else
const mpi4cxx::Intracomm& comm = mpi4cxx::COMM_WORLD;
#endif
