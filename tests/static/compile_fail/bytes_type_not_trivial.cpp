// error: mpi4cxx: a bytes_type takes a trivially copyable class
#include <mpi4cxx/struct_type.hpp>

#include <string>

struct Text {
    std::string text;
};
union Value {
    int i;
    float f;
};
#ifdef REJECTED
using Sent = Text;
#else
using Sent = Value;
#endif
template <> struct mpi4cxx::datatype_traits<Sent> : mpi4cxx::bytes_type<Sent> {};
