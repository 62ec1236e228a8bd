// What MPI calls the functions of a handle class, one specialisation a class.
// Keyed by the wrapper: in MPICH the raw handles are all int.
#pragma once

#include <mpi4cxx/detail/mpi.hpp>
#include <mpi4cxx/fwd.hpp>

namespace mpi4cxx::detail {

template <class Class> struct handle_traits;

template <> struct handle_traits<Datatype> {
    using raw_type = MPI_Datatype;
    static raw_type null() noexcept { return MPI_DATATYPE_NULL; }
    static constexpr auto free = MPI_Type_free;
    static constexpr bool collective = false;
};

template <> struct handle_traits<Op> {
    using raw_type = MPI_Op;
    static raw_type null() noexcept { return MPI_OP_NULL; }
    static constexpr auto free = MPI_Op_free;
    static constexpr bool collective = false;
};

template <> struct handle_traits<Comm> {
    using raw_type = MPI_Comm;
    static raw_type null() noexcept { return MPI_COMM_NULL; }
    static constexpr auto free = MPI_Comm_free;
    static constexpr bool collective = true;
};

}  // namespace mpi4cxx::detail
