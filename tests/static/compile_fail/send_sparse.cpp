// error: mpi4cxx: a sparse matrix does not lie in one piece of memory: send its arrays
#include <mpi4cxx/intracomm.hpp>

#include <Eigen/Sparse>

void send(const mpi4cxx::Comm& comm, const Eigen::SparseMatrix<double>& matrix) {
#ifdef REJECTED
    comm.Send(matrix, 1);
#else
    comm.Send({matrix.valuePtr(), matrix.nonZeros()}, 1);
#endif
}
