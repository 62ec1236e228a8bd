// error: mpi4cxx: this type cannot be sent as an object: the deleter of this std::unique_ptr is a function or has members
#include <mpi4cxx/intracomm.hpp>

#include <memory>

struct Counted {
    void operator()(double* number) const { delete number; }
#ifdef REJECTED
    int* deleted = nullptr;
#endif
};

void send(const mpi4cxx::Comm& comm, const std::unique_ptr<double, Counted>& number) { comm.send(number, 1); }
