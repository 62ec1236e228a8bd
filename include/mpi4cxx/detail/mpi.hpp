// The only door to C: every other file reaches <mpi.h> through this one.
#pragma once

// Both MPIs would otherwise pull in the C++ bindings that MPI-3 removed.
#ifndef MPICH_SKIP_MPICXX
#define MPICH_SKIP_MPICXX 1
#endif
#ifndef OMPI_SKIP_MPICXX
#define OMPI_SKIP_MPICXX 1
#endif
#include <mpi.h>

/// Marks what the shared library exports; all else in it is hidden.
#define MPI4CXX_API __attribute__((visibility("default")))
