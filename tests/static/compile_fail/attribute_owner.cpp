// error: no matching (member )?function for call to .*Get_attr
#include <mpi4cxx/intracomm.hpp>

int* get(const mpi4cxx::Intracomm& comm, const mpi4cxx::Datatype& type, const mpi4cxx::Keyval<mpi4cxx::Comm, int>& key) {
#ifdef REJECTED
    (void)comm;
    return type.Get_attr(key);
#else
    (void)type;
    return comm.Get_attr(key);
#endif
}
