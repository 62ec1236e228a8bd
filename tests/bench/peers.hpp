// The libraries side by side: how each sends and receives an object, in its own natural way.
#pragma once

#include <mpi4cxx/mpi4cxx.hpp>

#include <cereal/types/map.hpp>

#include "objects.hpp"

#ifdef BENCH_BOOST
#include <boost/mpi.hpp>
#include <boost/mpi/collectives/all_gatherv.hpp>  // which mpi.hpp leaves out
#include <boost/serialization/map.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>
#endif

namespace bench {

struct Mpi4cxx {
    static constexpr const char* name = "mpi4cxx";
    template <class T> static void send(const T& object, int to) { mpi4cxx::COMM_WORLD.send(object, to, 0); }
    template <class T> static T receive(int from) { return mpi4cxx::COMM_WORLD.recv<T>(from, 0); }
};

/// Whether this mpi4cxx receives into an object that is there already.
template <class T, class Comm = mpi4cxx::Intracomm>
concept ReceivedInto = requires(const Comm& comm, T& object) {
    comm.recv_into(object, 0, 0);
};

template <class T, class Comm> void receive_into(const Comm& comm, T& object, int from) {
    if constexpr (requires { comm.recv_into(object, 0, 0); })
        comm.recv_into(object, from, 0);
}

#ifdef BENCH_BOOST

/// The same particle, which Boost.MPI knows as a datatype; it serializes the other.
struct DatatypeParticle : Particle {};

struct DatatypeJoin {
    DatatypeParticle operator()(const DatatypeParticle& a, const DatatypeParticle& b) const { return {Join()(a, b)}; }
};

inline const boost::mpi::communicator& boost_world() {
    static const boost::mpi::communicator world(MPI_COMM_WORLD, boost::mpi::comm_attach);
    return world;
}

struct Boost {
    static constexpr const char* name = "Boost.MPI";
    template <class T> static void send(const T& object, int to) { boost_world().send(to, 0, object); }
    template <class T> static T receive(int from) {
        T object;
        boost_world().recv(from, 0, object);
        return object;
    }
};

#endif

}  // namespace bench

#ifdef BENCH_BOOST

namespace boost::serialization {

template <class Archive> void serialize(Archive& archive, bench::Particle& particle, unsigned /*version*/) {
    archive& particle.id& particle.x& particle.y& particle.z& particle.mass;
}
template <class Archive> void serialize(Archive& archive, bench::DatatypeParticle& particle, unsigned version) {
    serialize(archive, static_cast<bench::Particle&>(particle), version);
}

}  // namespace boost::serialization

BOOST_IS_MPI_DATATYPE(bench::DatatypeParticle)

#endif
