// error: mpi4cxx: a receive buffer must outlive the call: this one is a temporary. If it is the root, write Scatterv\(range, counts, root\)
#include <mpi4cxx/intracomm.hpp>

#include <vector>

std::vector<int> scatter(const mpi4cxx::Comm& comm, const std::vector<int>& all, const std::vector<int>& counts) {
#ifdef REJECTED
    comm.Scatterv({all, counts}, 0);
    return {};
#else
    return comm.Scatterv(all, counts, 0);
#endif
}
