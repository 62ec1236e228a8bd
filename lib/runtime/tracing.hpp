// What the library does for the trace (lib/trace).
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::detail {

/// Returns whether MPI4CXX_TRACE asks for the trace.
[[nodiscard]] bool is_trace_asked();
/// Starts this program anew with the trace's library, if MPI4CXX_TRACE asks for the trace and the library is not loaded. Called before MPI_Init.
void trace_if_asked();
/// Keeps the calling thread out of the watchdog's reports, because it is not a thread of the program.
void hide_this_thread();

}  // namespace MPI4CXX::detail
