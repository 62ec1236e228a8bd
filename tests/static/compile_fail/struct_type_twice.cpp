// error: mpi4cxx: a member of this struct_type is named twice
#include <mpi4cxx/struct_type.hpp>

struct Particle {
    double mass, charge;
};
#ifdef REJECTED
template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Particle::mass, &Particle::charge, &Particle::mass> {};
#else
template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Particle::mass, &Particle::charge> {};
#endif
