#pragma once

#include <mpi4cxx/handle.hpp>

#include <string>

namespace MPI4CXX {

/// The name of a handle class's objects (MPI-4.0, 7.8): Comm, Datatype, Win.
template <class Class> class MPI4CXX_API Named {
public:
    /// Return the name. Predefined handles have names such as "MPI_COMM_WORLD" and "MPI_DOUBLE". Calls MPI_Comm_get_name, MPI_Type_get_name (MPI-4.0,
    /// 7.8).
    [[nodiscard]] std::string Get_name(At at = {}) const;
    /// Set the name. Calls MPI_Comm_set_name, MPI_Type_set_name (MPI-4.0, 7.8).
    void Set_name(const std::string& name, At at = {}) const;

    [[nodiscard]] std::string name(At at = {}) const { return Get_name(at); }
};

}  // namespace MPI4CXX
