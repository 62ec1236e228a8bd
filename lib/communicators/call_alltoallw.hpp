// The blocking MPI_Alltoallw.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>

#include <cstddef>

namespace MPI4CXX::detail {

/// Calls MPI_Alltoallw with `arguments` on a communicator of `processes`.
template <class... Arguments> void call_alltoallw(std::size_t processes, Place where, Arguments... arguments) {
    if (processes == 1 && miscounts_in_lone_alltoallw())
        complete(get<MPI_Ialltoallw>(arguments..., where), MPI_STATUS_IGNORE, "MPI_Alltoallw", where);
    else
        call<MPI_Alltoallw>(arguments..., where);
}

}  // namespace MPI4CXX::detail
