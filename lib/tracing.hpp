#pragma once

namespace mpi4cxx::detail {

/// Starts this program anew with the trace's library, if MPI4CXX_TRACE asks for it and it is not loaded. Before MPI_Init.
void trace_if_asked();

}  // namespace mpi4cxx::detail
