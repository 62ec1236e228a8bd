// The communicators of each session. A session may not end while they live, and MPIs do not notice if one does.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/fwd.hpp>

#include <string>
#include <string_view>

namespace MPI4CXX::detail {

/// Takes note of a communicator that belongs to `session`; of none if `session` is null.
void join_session(MPI_Comm comm, MPI_Session session);
/// Takes note of a communicator that has been made from `parent`, and belongs to the same session, if any.
void join_session_of(MPI_Comm parent, MPI_Comm comm);
/// Forgets that a communicator belongs to a session, which may end before the communicator.
void leave_session(MPI_Comm comm);
/// Returns the session that a communicator belongs to, or null.
[[nodiscard]] MPI_Session session_of(MPI_Comm comm);
/// Returns the names of the communicators that belong to `session`, or an empty string if there are none.
[[nodiscard]] std::string members_of(MPI_Session session);

/// Throws if a communicator cannot be made of `group` under this tag, where MPICH 4.0 would end the process. Returns whether the group is empty.
[[nodiscard]] bool check_from_group(const Group& group, const std::string& stringtag, Caller caller);
/// Throws if `leader`, the argument `name`, is no rank of `group`.
void check_leader(const Group& group, int leader, const char* name, Caller caller);

/// Throws an Exception in a program that has only sessions, where the MPI would crash if it made `what`.
void need_world(std::string_view function, const char* what, Place where);
/// Does so for files, where the MPI opens none.
void need_world_for_files(std::string_view function, Place where);
/// Does so for a grid without dimensions of this many processes.
void need_world_for_empty_grid(std::string_view function, int processes, Place where);

}  // namespace MPI4CXX::detail
