// What the library sets up in a process that uses MPI, however MPI begins.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>

#include "mpi/open_mpi_parameters.hpp"

namespace MPI4CXX::detail {

/// Throws std::invalid_argument if MPI has ended in this process. MPICH 4.0 would crash, and the library's own datatypes are gone.
void check_not_ended(At at, const char* function);

/// Throws std::invalid_argument if this program cannot use the MPI that it has loaded. Warns of a second one.
void check_mpi(At at, const char* function);

/// MPI begins while one exists, with `has_threads` if several threads may call it at once. If the MPI ends the process meanwhile, as MPICH 5 does
/// under Open MPI's mpiexec, the exit says which launcher is right.
class Beginning {
public:
    explicit Beginning(bool has_threads);
    Beginning(const Beginning&) = delete;
    Beginning& operator=(const Beginning&) = delete;
    ~Beginning();

private:
    OpenMpiParameters parameters_;
};

/// Lets operations move while the program computes, and lets an exception that nobody catches end the job.
void prepare_process(At at);

/// Finalizes the sessions that nobody can finalize any more. While a session is open, MPICH's MPI_Finalize deletes no attributes, and processes that
/// exit then look to its launcher as if they had failed.
void finalize_left_sessions();

/// Ends the job when this process exits, if MPI is still running then. `reason` must last.
void abort_at_exit(const char* reason);

}  // namespace MPI4CXX::detail
