// error: mpi4cxx: this type cannot be a buffer, because it has no MPI datatype
#include <mpi4cxx/intracomm.hpp>

#include <complex>

class Impedance : public std::complex<double> {
public:
    explicit Impedance(int unit = 0) : unit_(unit) {}
    [[nodiscard]] int unit() const { return unit_; }

private:
    int unit_;
};

void send(const mpi4cxx::Comm& comm, const Impedance& impedance, const std::complex<double>& plain) {
#ifdef REJECTED
    comm.Send(impedance, 1);
#else
    comm.Send(plain, 1);
#endif
}
