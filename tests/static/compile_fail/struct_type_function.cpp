// error: mpi4cxx: a struct_type takes data members, &Particle::mass, and bases
#include <mpi4cxx/struct_type.hpp>

struct Particle {
    double mass;
    [[nodiscard]] double energy() const;
};
#ifdef REJECTED
template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Particle::energy> {};
#else
template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Particle::mass> {};
#endif
