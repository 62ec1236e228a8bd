// How communicators of some of the processes are made, written once: what comes of an intracommunicator is one, whatever its
// topology, what comes of an intercommunicator is one.
#pragma once

#include <mpi4cxx/detail/duplicable.hpp>

namespace mpi4cxx::detail {

MPI4CXX_API MPI_Comm split(Place where, int color, int key);

template <class Class, class Base> class Divisible : public Duplicable<Class, Base> {
public:
    Divisible() noexcept = default;

    /// Return a communicator of the processes that give the same `color`, in the order of `key`; null where `color` is UNDEFINED.
    /// Calls MPI_Comm_split (MPI-4.0, 7.4.2). Collective.
    [[nodiscard]] Class Split(int color = 0, int key = 0, At at = {}) const { return Class::take(split({at, this->address()}, color, key), at); }

protected:
    using Duplicable<Class, Base>::Duplicable;
};

}  // namespace mpi4cxx::detail
