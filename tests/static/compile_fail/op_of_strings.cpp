// error: mpi4cxx: an operation combines elements in memory of MPI's
#include <mpi4cxx/op.hpp>
#include <mpi4cxx/struct_type.hpp>

#include <string>

struct Sum {
    double value = 0;
#ifdef REJECTED
    std::string name;
#endif
};
template <> struct mpi4cxx::datatype_traits<Sum> : mpi4cxx::struct_type<Sum, &Sum::value> {};

const auto op = mpi4cxx::Op::Create<Sum>([](const Sum& a, const Sum& b) { return a.value < b.value ? b : a; });
