#include <mpi4cxx/intercomm.hpp>

#include <mpi4cxx/intracomm.hpp>

#include "communicators/dropped_handles.hpp"

namespace MPI4CXX {

using detail::get;
using detail::made;

int Intercomm::Get_remote_size(At at) const { return get<MPI_Comm_remote_size>(handle(), on(at)); }
Group Intercomm::Get_remote_group(At at) const { return Group::take(get<MPI_Comm_remote_group>(handle(), on(at))); }
Intracomm Intercomm::Merge(bool high, At at) const {
    return Intracomm::take(made(get<MPI_Intercomm_merge>(handle(), high ? 1 : 0, on(at)), on(at)), at);
}

}  // namespace MPI4CXX
