// error: mpi4cxx: what a nonblocking call, or a buffer with a name, sends is read later: this one is a temporary
#include <mpi4cxx/intracomm.hpp>

#include <vector>

mpi4cxx::Prequest exchange(const mpi4cxx::Comm& comm, const std::vector<int>& numbers, std::vector<int>& all, const std::vector<int>& counts) {
#ifdef REJECTED
    return comm.Alltoallv_init({std::vector<int>(numbers), counts}, {all, counts});
#else
    return comm.Alltoallv_init({numbers, std::vector<int>(counts)}, {all, counts});  // counts are copied
#endif
}
