// error: mpi4cxx: this type cannot be sent as an object: the members of this aggregate cannot be told, for it has a base class
#include <mpi4cxx/intracomm.hpp>

#include <string>

struct Named {
    std::string name;
};
struct Person : Named {
    int age;
#ifndef REJECTED
    template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Named>(this), age); }
#endif
};

void send(const mpi4cxx::Comm& comm, const Person& person) { comm.send(person, 1); }
