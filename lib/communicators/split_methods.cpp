#include <mpi4cxx/detail/communicators/split_methods.hpp>

#include "communicators/dropped_handles.hpp"
#include "communicators/outside.hpp"

namespace MPI4CXX::detail {

MPI_Comm create(const Group& group, Place where) { return made(get<MPI_Comm_create>(*where.comm, group.handle(), where), where); }

MPI_Comm split(int color, int key, Place where) { return made(get<MPI_Comm_split>(*where.comm, color, key, where), where); }

MPI_Comm split_type(int split_type, int key, const Info& info, Place where) {
    return made(get<MPI_Comm_split_type>(*where.comm, split_type, key, info.handle(), where), where);
}

MPI_Comm shrink(Place where) {
    const MPI_Comm comm = get<MPIX_Comm_shrink>(*where.comm, where);
    if (is_outside(*where.comm))
        mark_outside(comm, where);
    return comm;
}

}  // namespace MPI4CXX::detail
