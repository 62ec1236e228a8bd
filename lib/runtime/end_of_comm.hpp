// Hears of the end of a communicator.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

namespace MPI4CXX::detail {

/// Lets MPI call a function before it frees `comm`, whoever frees it; for COMM_SELF in MPI_Finalize.
inline void at_end_of(MPI_Comm comm, MPI_Comm_delete_attr_function* function, Place where = {}) {
    int key = MPI_KEYVAL_INVALID;
    call<MPI_Comm_create_keyval>(MPI_COMM_NULL_COPY_FN, function, &key, nullptr, where);
    call<MPI_Comm_set_attr>(comm, key, nullptr, where);
    call<MPI_Comm_free_keyval>(&key, where);  // the key lasts as long as its attribute
}

}  // namespace MPI4CXX::detail
