// error: bit-field
#include <mpi4cxx/intracomm.hpp>
#include <mpi4cxx/struct_type.hpp>

struct Flags {
    unsigned a : 3, b : 5;
    int c;
};

#ifndef REJECTED
template <> struct mpi4cxx::datatype_traits<Flags> : mpi4cxx::bytes_type<Flags> {};
#endif

void send(const mpi4cxx::Comm& comm, const Flags& flags) {
    comm.Send(flags, 1);
    comm.send(flags, 1);
}
