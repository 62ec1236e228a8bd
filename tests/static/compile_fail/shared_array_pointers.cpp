// error: mpi4cxx: processes cannot share pointers or views: .* share the data itself, and indices into it
#include <mpi4cxx/shared_array.hpp>

void share(const mpi4cxx::Intracomm& comm) {
#ifdef REJECTED
    const mpi4cxx::SharedArray<const char*> names(comm, 3);
#else
    const mpi4cxx::SharedArray<char> names(comm, 3);
#endif
}
