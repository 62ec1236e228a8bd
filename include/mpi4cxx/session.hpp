#pragma once

#include <mpi4cxx/buffered.hpp>
#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/errhandler.hpp>
#include <mpi4cxx/fortran.hpp>
#include <mpi4cxx/group.hpp>
#include <mpi4cxx/handle.hpp>
#include <mpi4cxx/info.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace MPI4CXX {

namespace detail {

/// Returns the place of a call on a session. Throws an Exception if the session is null: in a program that has no COMM_WORLD, MPICH 4.0 ends the
/// process at an error of a session, whatever its error handler.
[[nodiscard]] Place place_of(const Session& session, At at);

}  // namespace detail

/// A use of MPI by one part of a program, which need not know of other uses (MPI-4.0, 11.3). Made by `Session::Init`, with or without an Environment.
/// Its process sets become groups, and these become communicators by `Intracomm::Create_from_group`. All of these must be freed before the session.
/// The destructor finalizes the session. If an exception leaves its scope, or communicators are left, the session stays open until an Environment
/// ends; without one, the job ends when the process exits. Sessions came with MPICH 4.0 and Open MPI 5.0.
class MPI4CXX_API Session : public Handle<Session>, public ErrorHandling<Session>, public Buffered<Session>, public Fortran<Session> {
public:
    Session() noexcept = default;
    Session(Session&& other) noexcept;
    Session& operator=(Session&& other) noexcept;
    ~Session();
    /// Own `raw`, a session that has been initialized.
    static Session take(MPI_Session raw);
    /// Use `raw`, which counts as open until Finalize.
    static Session borrow(MPI_Session raw);
    /// Gives the raw handle to the caller, who finalizes the session.
    [[nodiscard]] MPI_Session release() && noexcept;

    /// Begin a session. The key "thread_level" of `info` asks for a level of thread support: "MPI_THREAD_MULTIPLE". MPI begins once in a process:
    /// after the last session has ended, and MPI is finalized or was never initialized otherwise, this throws std::invalid_argument. Calls
    /// MPI_Session_init (MPI-4.0, 11.3.1). Local.
    [[nodiscard]] static Session Init(const Info& info = INFO_NULL, const Errhandler& errhandler = ERRORS_RETURN, At at = {});
    /// End the session. A session that still has communicators, windows or files throws std::invalid_argument, which names them. Calls
    /// MPI_Session_finalize (MPI-4.0, 11.3.1). Collective over all processes that communicate by this session.
    void Finalize(At at = {});

    /// Return the number of process sets. Calls MPI_Session_get_num_psets (MPI-4.0, 11.3.2).
    [[nodiscard]] int Get_num_psets(const Info& info = INFO_NULL, At at = {}) const;
    /// Return the name of process set `n`. Calls MPI_Session_get_nth_pset (MPI-4.0, 11.3.2).
    [[nodiscard]] std::string Get_nth_pset(int n, const Info& info = INFO_NULL, At at = {}) const;
    /// Return the names of all process sets: "mpi://WORLD", "mpi://SELF" and those that MPI adds. Calls MPI_Session_get_nth_pset (MPI-4.0, 11.3.2).
    [[nodiscard]] std::vector<std::string> psets(At at = {}) const {
        std::vector<std::string> names(static_cast<std::size_t>(Get_num_psets(INFO_NULL, at)));
        for (std::size_t n = 0; n < names.size(); ++n) names[n] = Get_nth_pset(static_cast<int>(n), INFO_NULL, at);
        return names;
    }
    /// Return the hints that MPI uses. Calls MPI_Session_get_info (MPI-4.0, 11.3.3).
    [[nodiscard]] Info Get_info(At at = {}) const;
    /// Return what MPI knows about a process set: "mpi_size" is its number of processes. Calls MPI_Session_get_pset_info (MPI-4.0, 11.3.2).
    [[nodiscard]] Info Get_pset_info(const std::string& pset_name, At at = {}) const;
    /// Return the level of thread support of this process. It is what its first session or Environment was given, whatever this session has asked
    /// for. Calls MPI_Query_thread (MPI-4.0, 11.6.2).
    [[nodiscard]] ThreadLevel thread_level(At at = {}) const;
    /// Return the group of a process set, of which a communicator can be made. Calls MPI_Group_from_session_pset (MPI-4.0, 7.3.2). Local.
    [[nodiscard]] Group Create_group(const std::string& pset_name, At at = {}) const;

private:
    Session(MPI_Session raw, std::optional<int> exceptions);
    void check_pset(const std::string& pset_name, detail::Caller caller) const;
    void end(At at);
    void drop() noexcept;

    std::optional<int> exceptions_;  // in flight when this object became the owner of the session; nothing if it is not
};

extern MPI4CXX_API const Session SESSION_NULL;

}  // namespace MPI4CXX
