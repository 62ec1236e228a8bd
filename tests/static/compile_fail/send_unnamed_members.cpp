// error: mpi4cxx: this type cannot be sent as an object: the members of this aggregate cannot be told
#include <mpi4cxx/intracomm.hpp>

#include <string>

struct Unit {
    explicit Unit(int n) : power(n) {}
    int power;
    template <class Archive> void serialize(Archive& archive) { archive(power); }
};

struct Quantity {
    double value = 0;
    Unit unit = Unit(1);  // has an initializer, and is not made by {}
    std::string name;
#ifndef REJECTED
    template <class Archive> void serialize(Archive& archive) { archive(value, unit, name); }
#endif
};

void send(const mpi4cxx::Comm& comm, const Quantity& quantity) { comm.send(quantity, 1); }
