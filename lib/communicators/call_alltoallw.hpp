// The blocking MPI_Alltoallw.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>

namespace MPI4CXX::detail {

/// Calls MPI_Alltoallw with `arguments`. `is_alone` tells whether the communicator has one process, and no other group: the other processes of one
/// that has would wait for the same call.
template <class... Arguments> void call_alltoallw(bool is_alone, Place where, Arguments... arguments) {
    if (is_alone && miscounts_in_lone_alltoallw())
        complete(get<MPI_Ialltoallw>(arguments..., where), MPI_STATUS_IGNORE, "MPI_Alltoallw", where);
    else
        call<MPI_Alltoallw>(arguments..., where);
}

}  // namespace MPI4CXX::detail
