// error: no matching (member )?function for call to .*Set_attr
#include <mpi4cxx/intracomm.hpp>

#include <string>
#include <vector>

void set(const mpi4cxx::Intracomm& comm, const mpi4cxx::Keyval<mpi4cxx::Comm, std::vector<int>>& key) {
#ifdef REJECTED
    comm.Set_attr(key, std::string("text"));
#else
    comm.Set_attr(key, {1, 2});
#endif
}
