// error: mpi4cxx: these counts or displacements must outlive the buffer: they are a temporary
#include <mpi4cxx/intracomm.hpp>

#include <vector>

void gather(const mpi4cxx::Comm& comm, const std::vector<int>& mine, std::vector<int>& all, const std::vector<int>& counts) {
#ifdef REJECTED
    const mpi4cxx::BufV blocks(all, std::vector<int>(counts));
#else
    const mpi4cxx::BufV blocks(all, counts);
#endif
    comm.Gatherv(mine, blocks);
    comm.Gatherv(mine, {all, std::vector<int>(counts)});  // lives as long as the call
}
