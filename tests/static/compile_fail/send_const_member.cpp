// error: mpi4cxx: this type cannot be sent as an object: (a const member|the members of this aggregate)
#include <mpi4cxx/intracomm.hpp>

#include <string>

struct Person {
#ifdef REJECTED
    const std::string name;
#else
    std::string name;
#endif
    int age;
};

void send(const mpi4cxx::Comm& comm, const Person& person) { comm.send(person, 1); }
