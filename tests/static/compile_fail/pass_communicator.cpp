// error: const.reference.*Dup
#include <mpi4cxx/intracomm.hpp>

#ifdef REJECTED
void solve(mpi4cxx::Comm comm);
#else
void solve(const mpi4cxx::Comm& comm);
#endif

void run(const mpi4cxx::Intracomm& comm) { solve(comm); }
