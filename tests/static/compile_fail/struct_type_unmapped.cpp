// error: mpi4cxx: a member of this struct_type has no MPI datatype: leave it out
#include <mpi4cxx/struct_type.hpp>

#include <string>

struct Particle {
    Particle() = default;
    double mass = 0;
    std::string name;
};
#ifdef REJECTED
template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Particle::mass, &Particle::name> {};
#else
template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Particle::mass> {};
#endif
