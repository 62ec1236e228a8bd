// error: mpi4cxx: an object of this type cannot be received: it has no default constructor
#include <mpi4cxx/intracomm.hpp>

#include <vector>

struct Id {
    explicit Id(int number) : value(number) {}
    template <class Archive> void serialize(Archive& archive) { archive(value); }
#ifndef REJECTED
    template <class Archive> static void load_and_construct(Archive& archive, cereal::construct<Id>& construct) {
        int value = 0;
        archive(value);
        construct(value);
    }
#endif
    int value;
};

std::vector<Id> receive(const mpi4cxx::Comm& comm) { return comm.recv<std::vector<Id>>(1); }
