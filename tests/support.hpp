// What the tests share.
#pragma once

#include <mpi4cxx/intracomm.hpp>

#include <string>

/// Calls `f(comm)` for communicators of different make: self, the world, a duplicate, the even and the odd ranks, and the
/// world in reverse order.
template <class F> void for_each_comm(F f) {
    const mpi4cxx::Intracomm& world = mpi4cxx::COMM_WORLD;
    const mpi4cxx::Intracomm copy = world.Dup(), half = world.Split(world.rank() % 2, world.rank()), reverse = world.Split(0, -world.rank());
    for (const mpi4cxx::Intracomm* comm : {&mpi4cxx::COMM_SELF, &world, &copy, &half, &reverse}) f(*comm);
}

/// Whether `condition` holds on every rank of `comm`: where a case must stop, all have to.
inline bool all_ranks(const mpi4cxx::Comm& comm, bool condition) {
    int all = 0;
    comm.Allreduce(condition ? 1 : 0, all, mpi4cxx::MIN);
    return all != 0;
}

/// What `f` throws as an `E`, its text; "" where it throws nothing.
template <class E, class F> std::string thrown(F f) {
    try {
        f();
    } catch (const E& e) {
        return e.what();
    }
    return {};
}
