#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::detail {

/// Starts this program anew with the trace's library, if MPI4CXX_TRACE asks for it and it is not loaded. Before MPI_Init.
void trace_if_asked();
/// Keeps the thread that calls this out of what the watchdog says: it is not the program's.
void hide_this_thread();

}  // namespace MPI4CXX::detail
