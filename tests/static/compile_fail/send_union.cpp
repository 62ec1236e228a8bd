// error: mpi4cxx: this type cannot be sent as an object: of a union nobody knows what it holds
#include <mpi4cxx/mpi4cxx.hpp>

#include <vector>

union Number {
    long whole;
    double real;
};
#ifndef REJECTED
template <> struct mpi4cxx::datatype_traits<Number> : mpi4cxx::bytes_type<Number> {};
#endif

void send(const mpi4cxx::Comm& comm, const std::vector<Number>& numbers) { comm.send(numbers, 1); }
