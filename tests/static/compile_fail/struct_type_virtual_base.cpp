// error: mpi4cxx: this base_class is no base of the struct_type's class, or a virtual one
#include <mpi4cxx/struct_type.hpp>

struct Body {
    double mass;
};
#ifdef REJECTED
struct Particle : virtual Body {
#else
struct Particle : Body {
#endif
    int id;
};
template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, mpi4cxx::base_class<Body>, &Particle::id> {};
