#pragma once

#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/info.hpp>
#include <mpi4cxx/version.hpp>

#include <memory>
#include <string>

namespace MPI4CXX {

/// The lifetime of MPI: make one at the start of `main`, on every process.
/// The constructor initializes MPI unless it is initialized already, turns errors on COMM_WORLD and COMM_SELF into exceptions, and opens the channel
/// of large objects. The destructor finalizes MPI if the constructor initialized it; otherwise it restores the error handlers. An exception that
/// nobody catches ends the whole job with its message. An exception that leaves the scope of the Environment ends the job when the process exits.
/// The variables MPI4CXX_THREAD_LEVEL and MPI4CXX_ERRORS change the level of thread support and the error handler, and MPI4CXX_TRACE traces the run;
/// a variable of the library (see Setting) whose value is not allowed is a std::invalid_argument. (MPI-4.0, 11.2 and 11.6)
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
    std::unique_ptr<Before> before_;  // what the destructor restores if somebody else finalizes MPI
    int exceptions_;                  // in flight when this object was made
};

/// Initialize MPI as an Environment does, with the same variables, for programs that cannot make an Environment in a scope around all they do.
/// Finalize ends MPI. Errors on COMM_WORLD and COMM_SELF are Exceptions, and an exception that nobody catches ends the job. If an exception leaves a
/// call in which other processes wait and is caught later, the library does not end the job: only the program knows. An Environment that is made
/// later leaves MPI running. Calls MPI_Init (MPI-4.0, 11.2.1). Collective.
MPI4CXX_API void Init(At at = {});
/// Initialize MPI with a level of thread support. Return the level that MPI provides. Calls MPI_Init_thread (MPI-4.0, 11.6.2). Collective.
MPI4CXX_API ThreadLevel Init_thread(ThreadLevel required = THREAD_MULTIPLE, At at = {});
/// Finalize MPI. An Environment that ends later does nothing. Calls MPI_Finalize (MPI-4.0, 11.2.2). Collective.
MPI4CXX_API void Finalize(At at = {});

/// Tell whether MPI has been initialized. Calls MPI_Initialized (MPI-4.0, 11.2.3).
[[nodiscard]] MPI4CXX_API bool Is_initialized(At at = {});
/// Tell whether MPI has been finalized. Calls MPI_Finalized (MPI-4.0, 11.2.3).
[[nodiscard]] MPI4CXX_API bool Is_finalized(At at = {});
/// Return the level of thread support that MPI provides. Calls MPI_Query_thread (MPI-4.0, 11.6.2).
[[nodiscard]] MPI4CXX_API ThreadLevel Query_thread(At at = {});
/// Tell whether this thread initialized MPI. Calls MPI_Is_thread_main (MPI-4.0, 11.6.2).
[[nodiscard]] MPI4CXX_API bool Is_thread_main(At at = {});
/// Set the level of a profiling library. Calls MPI_Pcontrol (MPI-4.0, 15.2.4).
MPI4CXX_API void Pcontrol(int level, At at = {});
/// Return the name of this machine. Calls MPI_Get_processor_name (MPI-4.0, 9.1.2).
[[nodiscard]] MPI4CXX_API std::string Get_processor_name(At at = {});
/// Return the hardware resources that this process can run on: the names are types for COMM_TYPE_RESOURCE_GUIDED, the values "true" and "false".
/// Calls MPI_Get_hw_resource_info (MPI-4.1, 9.1.2).
[[nodiscard]] MPI4CXX_API Info Get_hw_resource_info(At at = {});
/// Return the version of the standard ABI that the MPI library has. Calls MPI_Abi_get_version (MPI-5.0, 20.2).
[[nodiscard]] MPI4CXX_API Version Get_abi_version(At at = {});
/// Return what the standard ABI says of this MPI library. Calls MPI_Abi_get_info (MPI-5.0, 20.2).
[[nodiscard]] MPI4CXX_API Info Get_abi_info(At at = {});
/// Return what the standard ABI says of Fortran; a null info if the MPI library does not know. Calls MPI_Abi_get_fortran_info (MPI-5.0, 20.2).
[[nodiscard]] MPI4CXX_API Info Get_abi_fortran_info(At at = {});
/// Return seconds since a time in the past. Calls MPI_Wtime (MPI-4.0, 9.6).
[[nodiscard]] MPI4CXX_API double Wtime() noexcept;
/// Return the resolution of Wtime in seconds. Calls MPI_Wtick (MPI-4.0, 9.6).
[[nodiscard]] MPI4CXX_API double Wtick() noexcept;

/// What the launcher of this process says in the environment.
struct Launcher {
    const char* name;     ///< "srun", "MPICH's mpiexec" …; empty if there is none
    int size, rank;       ///< how many processes it started, and which of them this is: 1 and 0 if there is none
    const char* instead;  ///< what to do if each of these processes is alone in its COMM_WORLD
};

/// Return what the launcher of this process says, which an MPI of another kind does not hear. Needs no MPI.
[[nodiscard]] MPI4CXX_API Launcher get_launcher() noexcept;

}  // namespace MPI4CXX
