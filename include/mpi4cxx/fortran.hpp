#pragma once

#include <mpi4cxx/detail/handles/handle_traits.hpp>

namespace MPI4CXX {

/// The Fortran handle of a handle class (MPI-4.0, 19.3.4). Every handle class has one.
template <class Class> class Fortran {
public:
    /// Return the Fortran handle.
    [[nodiscard]] MPI_Fint c2f() const { return detail::handle_traits<Class>::c2f(static_cast<const Class&>(*this).handle()); }
    /// Use a Fortran handle, which somebody else frees.
    [[nodiscard]] static Class f2c(MPI_Fint handle) noexcept { return Class::borrow(detail::handle_traits<Class>::f2c(handle)); }
};

}  // namespace MPI4CXX
