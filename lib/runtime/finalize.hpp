// The lifetime of MPI: whether it runs, actions at MPI_Finalize, and the end of the job after an error.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>

#include <atomic>

namespace MPI4CXX::detail {

/// How many sessions are open.
extern std::atomic<int> open_sessions;
inline bool is_session_open() noexcept { return open_sessions.load(std::memory_order_relaxed) != 0; }
/// Returns whether COMM_WORLD and COMM_SELF can be used now: MPI_Init has been called, MPI_Finalize has not, and this is no forked child.
bool has_world() noexcept;
/// Returns whether MPI can be called now: there is a COMM_WORLD, or a session is open.
bool is_running() noexcept;
/// Returns whether MPI has ended in this process.
bool has_ended() noexcept;

/// Has the children that the program forks from now on know what they are.
void note_forks();
/// Returns whether this process is a forked child of one that uses MPI, which is not the child's to use or to end.
bool is_forked() noexcept;

/// Registers `action` for the beginning of MPI_Finalize, whoever calls MPI_Finalize, or for the end of the last session if that is later. The action
/// that was registered last runs first.
void at_finalize(void (*action)());
/// Registers `action` for the end of MPI, after the actions of at_finalize: for MPI_Finalize or the end of the last session, whichever is later.
void at_end(void (*action)());

/// Takes note that the program sets an error handler of its own, where the MPI then loses codes.
void find_lost_codes();

/// Takes note of a session that is open.
void note_session(MPI_Session session);
/// Runs the actions if MPI ends with a session that is going to end.
void before_end_of_session();
/// Takes note of the end of a session.
void forget_session(MPI_Session session) noexcept;
/// Returns the session if just one is open and there is no COMM_WORLD. Otherwise returns null.
MPI_Session only_session() noexcept;

/// Calls MPI_Abort after a moment. MPICH's mpiexec ends the job as soon as it hears of the abort, often before it has read the latest output.
[[noreturn]] void abort_after_output(MPI_Comm comm, int code) noexcept;

/// Returns whether this process is ending the job. MPI_Abort may call the functions of std::atexit.
bool is_aborting() noexcept;

/// Keeps the text of an error of this thread, which abort_job prints if an exception is unwinding the process.
void note_error(const char* text) noexcept;

/// Prints `message` with this process's rank and ends all processes of the job.
[[noreturn]] void abort_job(const char* message) noexcept;

}  // namespace MPI4CXX::detail
