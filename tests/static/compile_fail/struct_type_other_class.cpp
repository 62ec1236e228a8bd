// error: mpi4cxx: a struct_type takes members of its own class: this one is of another
#include <mpi4cxx/struct_type.hpp>

struct Other {
    double mass;
};
struct Particle {
    double mass;
};
#ifdef REJECTED
template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Other::mass> {};
#else
template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Particle::mass> {};
#endif
