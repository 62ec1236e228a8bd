#pragma once

#include <mpi4cxx/comm.hpp>

#include <string>

namespace MPI4CXX {

/// A communicator of two groups, each of which communicates with the other (MPI-4.0, 7.6).
/// The ranks of messages are those of the remote group. In a collective with a root, the root passes ROOT, the other processes of its group pass
/// PROC_NULL, and the other group passes the root's rank.
class MPI4CXX_API Intercomm final : public detail::SplitMethods<Intercomm, Comm> {
public:
    static constexpr auto comm_class = detail::CommClass::intercomm;

    Intercomm() noexcept = default;
    Intercomm(Intercomm&&) noexcept = default;
    Intercomm& operator=(Intercomm&&) noexcept = default;
    explicit Intercomm(const Intercomm&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) = delete;
    template <detail::IsA<Intercomm> C> Intercomm(C&, detail::take_a_const_reference_or_make_a_duplicate_with_Dup = {}) MPI4CXX_NO_COPY;
    detail::take_a_const_reference_or_make_a_duplicate_with_Dup operator=(const Intercomm&) = delete;
    using SplitMethods::SplitMethods;
    /// Own `raw`, whose remote group is of another COMM_WORLD: the destructor disconnects it, and so does MPI_Finalize if it is left then.
    static Intercomm take_connected(MPI_Comm raw, At at = {});

    /// Return an intercommunicator of two groups, which come of a session. Each process passes its own group first. Calls
    /// MPI_Intercomm_create_from_groups (MPI-4.0, 7.6.2). Collective in both groups.
    [[nodiscard]] static Intercomm Create_from_groups(const Group& local_group, int local_leader, const Group& remote_group, int remote_leader,
                                                      const std::string& stringtag = "org.mpi4cxx", const Info& info = INFO_NULL,
                                                      const Errhandler& errhandler = ERRORS_RETURN, At at = {});

    /// Return the number of processes in the remote group. Calls MPI_Comm_remote_size (MPI-4.0, 7.6.1).
    [[nodiscard]] int Get_remote_size(At at = {}) const;
    /// Return the remote group. Calls MPI_Comm_remote_group (MPI-4.0, 7.6.1).
    [[nodiscard]] Group Get_remote_group(At at = {}) const;
    /// Return an intracommunicator of both groups. The group that passes `high` comes after the other. Calls MPI_Intercomm_merge (MPI-4.0, 7.6.2).
    /// Collective.
    [[nodiscard]] Intracomm Merge(bool high = false, At at = {}) const;

    [[nodiscard]] int remote_size(At at = {}) const { return Get_remote_size(at); }
    [[nodiscard]] Group remote_group(At at = {}) const { return Get_remote_group(at); }
};

}  // namespace MPI4CXX
