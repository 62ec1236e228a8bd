// error: mpi4cxx: this expression has no memory of its own: evaluate it first, with .eval..
#include <mpi4cxx/intracomm.hpp>

#include <Eigen/Core>

void send(const mpi4cxx::Comm& comm, const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
#ifdef REJECTED
    comm.Send(a + b, 1);
#else
    comm.Send((a + b).eval(), 1);
#endif
}
