#pragma once

#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/detail/mpi/at.hpp>

#include <memory>
#include <string>

namespace MPI4CXX {

/// MPI from here to the end of the scope: make one at the start of `main`, on every process.
/// It initializes MPI unless somebody has, makes errors of COMM_WORLD and COMM_SELF exceptions, and opens the channel of
/// large objects. At the end it finalizes MPI if it initialized it, else it gives the error handlers back. An exception that nobody catches, or that
/// leaves this scope, ends the whole job: with its message, or when the process exits. (MPI-4.0, 11.2 and 11.6)
class [[nodiscard, gnu::visibility("default")]] Environment {
public:
    /// Calls MPI_Init_thread (MPI-4.0, 11.6.2), MPI_Comm_dup (MPI-4.0, 7.4.2). Collective.
    [[nodiscard("give it a name: MPI ends with it")]] Environment(int& argc, char**& argv, ThreadLevel required = THREAD_MULTIPLE, At at = {});
    [[nodiscard("give it a name: MPI ends with it")]] explicit Environment(ThreadLevel required = THREAD_MULTIPLE, At at = {});
    /// Calls MPI_Finalize (MPI-4.0, 11.2.2). Collective.
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    Environment(int* argc, char*** argv, ThreadLevel required, At at);

    struct Before;
    std::unique_ptr<Before> before_;  // what it gives back, in a process whose MPI somebody else finalizes
    int exceptions_;                  // in flight when this was made
};

/// Initialize MPI as an Environment does, for programs that cannot make one in a scope around all they do; Finalize ends it. Errors of
/// COMM_WORLD and COMM_SELF are Exceptions, and one that nobody catches ends the job; but where one is caught after it has left calls that
/// others wait in, only the program knows. An Environment that is made later leaves MPI running. Calls MPI_Init (MPI-4.0, 11.2.1). Collective.
MPI4CXX_API void Init(At at = {});
/// The same with a level of thread support; return the level that MPI gives. Calls MPI_Init_thread (MPI-4.0, 11.6.2). Collective.
MPI4CXX_API ThreadLevel Init_thread(ThreadLevel required = THREAD_MULTIPLE, At at = {});
/// Finalize MPI. An Environment ends without it then. Calls MPI_Finalize (MPI-4.0, 11.2.2). Collective.
MPI4CXX_API void Finalize(At at = {});

/// Tell whether MPI has been initialized. Calls MPI_Initialized (MPI-4.0, 11.2.3).
[[nodiscard]] MPI4CXX_API bool Is_initialized(At at = {});
/// Tell whether MPI has been finalized. Calls MPI_Finalized (MPI-4.0, 11.2.3).
[[nodiscard]] MPI4CXX_API bool Is_finalized(At at = {});
/// Return the level of thread support that MPI gives. Calls MPI_Query_thread (MPI-4.0, 11.6.2).
[[nodiscard]] MPI4CXX_API ThreadLevel Query_thread(At at = {});
/// Tell whether this thread initialized MPI. Calls MPI_Is_thread_main (MPI-4.0, 11.6.2).
[[nodiscard]] MPI4CXX_API bool Is_thread_main(At at = {});
/// Set the level of a profiling library. Calls MPI_Pcontrol (MPI-4.0, 15.2.4).
MPI4CXX_API void Pcontrol(int level, At at = {});
/// Return the name of this machine. Calls MPI_Get_processor_name (MPI-4.0, 9.1.2).
[[nodiscard]] MPI4CXX_API std::string Get_processor_name(At at = {});
/// Return seconds since a time in the past. Calls MPI_Wtime (MPI-4.0, 9.6).
[[nodiscard]] MPI4CXX_API double Wtime() noexcept;
/// Return the seconds between two ticks of Wtime. Calls MPI_Wtick (MPI-4.0, 9.6).
[[nodiscard]] MPI4CXX_API double Wtick() noexcept;

}  // namespace MPI4CXX
