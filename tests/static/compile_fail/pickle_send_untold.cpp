// error: mpi4cxx: this type is no value of Python's: the members of this aggregate cannot be told, for it has a base class
#include <mpi4cxx/python.hpp>

#include <string>

struct Named {
    std::string name;
};
#ifdef REJECTED
struct Person : Named {
    int age;
};
#else
struct Person {
    Named named;
    int age;
};
#endif

void send(const mpi4cxx::PickleComm& comm, const Person& person) { comm.send(person, 1); }
