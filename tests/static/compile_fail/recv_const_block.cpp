// error: mpi4cxx: a receive buffer must be writable: this one is const
#include <mpi4cxx/intracomm.hpp>

#include <Eigen/Core>

#ifdef REJECTED
using Matrix = const Eigen::MatrixXd;
#else
using Matrix = Eigen::MatrixXd;
#endif

void receive(const mpi4cxx::Comm& comm, Matrix& matrix) { comm.Recv(matrix.row(1), 0); }
