// error: mpi4cxx: what a nonblocking call, or a buffer with a name, sends is read later: this one is a temporary
#include <mpi4cxx/intracomm.hpp>

#include <Eigen/Core>

mpi4cxx::Request send(const mpi4cxx::Comm& comm, const Eigen::MatrixXd& matrix) {
#ifdef REJECTED
    return comm.Isend(Eigen::MatrixXd(matrix), 1);
#else
    return comm.Isend(matrix.row(0), 1);
#endif
}
