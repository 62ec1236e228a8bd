#include <mpi4cxx/intercomm.hpp>

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/intracomm.hpp>

#include "communicators/dropped_handles.hpp"
#include "communicators/outside.hpp"
#include "communicators/session_members.hpp"

namespace MPI4CXX {

using detail::get;
using detail::made;

Intercomm Intercomm::Create_from_groups(const Group& local_group, int local_leader, const Group& remote_group, int remote_leader,
                                        const std::string& stringtag, const Info& info, const Errhandler& errhandler, At at) {
    if (detail::check_from_group(local_group, stringtag, at))
        return {};
    detail::check_leader(local_group, local_leader, "local_leader", at);
    if (detail::has_sessions && local_group.Get_rank(at) == local_leader)  // only there the other group counts
        detail::check_leader(remote_group, remote_leader, "remote_leader", at);
    const MPI_Comm raw = get<MPI_Intercomm_create_from_groups>(local_group.handle(), local_leader, remote_group.handle(), remote_leader,
                                                               stringtag.c_str(), info.handle(), MPI_ERRORS_RETURN, at);
    detail::join_session(raw, local_group.session());
    detail::mark_outside(raw, at);
    Intercomm comm = take(made(raw, at), at);
    comm.Set_errhandler(errhandler, at);
    return comm;
}

int Intercomm::Get_remote_size(At at) const { return get<MPI_Comm_remote_size>(handle(), on(at)); }
Group Intercomm::Get_remote_group(At at) const { return Group::take(get<MPI_Comm_remote_group>(handle(), on(at)), detail::session_of(handle())); }
Intracomm Intercomm::Merge(bool high, At at) const {
    return Intracomm::take(made(get<MPI_Intercomm_merge>(handle(), high ? 1 : 0, on(at)), on(at)), at);
}

}  // namespace MPI4CXX
