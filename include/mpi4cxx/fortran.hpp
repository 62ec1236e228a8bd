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
    /// Return the handle as an integer, which other languages can keep in this process: the Fortran handle.
    [[nodiscard]] int toint() const { return c2f(); }
    /// Use a handle that is given as an integer, which somebody else frees.
    [[nodiscard]] static Class fromint(int handle) noexcept { return Class::f2c(handle); }
};

}  // namespace MPI4CXX
