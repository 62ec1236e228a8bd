// error: mpi4cxx: this type is no value of Python's: specialise mpi4cxx::python::conversion for it
#include <mpi4cxx/python.hpp>

class Celsius {
public:
    explicit Celsius(double degrees) : degrees_(degrees) {}
    [[nodiscard]] double degrees() const { return degrees_; }

private:
    double degrees_;
};

#ifndef REJECTED
template <> struct mpi4cxx::python::conversion<Celsius> {
    static void write(Output& to, const Celsius& value) { python::write(to, value.degrees()); }
    static void read(const Input& from, Celsius& value) {
        double degrees = 0;
        python::read(from, degrees);
        value = Celsius(degrees);
    }
};
#endif

void send(const mpi4cxx::PickleComm& comm, const Celsius& value) { comm.send(value, 1); }
