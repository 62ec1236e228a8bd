// Includes <mpi.h>. All other files include this header instead.
#pragma once

// An #error would be followed by thousands of other errors. A header that cannot be found stops the compiler.
#if __cplusplus <= 201703L
#include "mpi4cxx needs C++20: compile with -std=c++20"
#elif !defined(__cpp_exceptions) || !defined(__cpp_rtti)
#include "mpi4cxx needs exceptions and typeid: compile without -fno-exceptions and -fno-rtti"
#endif
#if defined(MPIX_CALLREF) || defined(MPIPP_H)  // MPICH's and Open MPI's C++ bindings, which have a `namespace MPI`
#include "<mpi.h> came first and brought the C++ bindings of MPI-2: compile with -DMPICH_SKIP_MPICXX -DOMPI_SKIP_MPICXX, as pkg-config mpi4cxx says"
#endif

// Both MPIs would otherwise pull in the C++ bindings that MPI-3 removed.
#ifndef MPICH_SKIP_MPICXX
#define MPICH_SKIP_MPICXX 1
#endif
#ifndef OMPI_SKIP_MPICXX
#define OMPI_SKIP_MPICXX 1
#endif
// Where symbols are hidden by default, Open MPI's types would be hidden too, and with them this library's templates over these types.
#pragma GCC visibility push(default)
#include <mpi.h>
#if defined(OPEN_MPI) && __has_include(<mpi-ext.h>)
#include <mpi-ext.h>  // Open MPI's extensions beyond the version of MPI that it follows
#endif
#pragma GCC visibility pop

// The header of the standard ABI, which came with MPI-5, names no MPI. The program finds one when it starts.
#if defined(MPI_ABI_VERSION) && !defined(OPEN_MPI) && !defined(MPICH_NUMVERSION)
#define MPI4CXX_STANDARD_ABI
#endif

// Which MPI the library was built for, if that is known.
#if __has_include(<mpi4cxx/detail/mpi/built_for.hpp>)
#include <mpi4cxx/detail/mpi/built_for.hpp>
#if defined(MPI4CXX_BUILT_FOR_ABI) && !defined(MPI4CXX_STANDARD_ABI)
#error "this mpi4cxx was built for the standard ABI, but <mpi.h> is one MPI's own: compile with g++ and the flags of pkg-config mpi4cxx"
#elif !defined(MPI4CXX_BUILT_FOR_ABI) && defined(MPI4CXX_STANDARD_ABI)
#error "this mpi4cxx was built for one MPI, but <mpi.h> is that of the standard ABI: compile with g++ and the flags of pkg-config mpi4cxx"
#elif defined(MPI4CXX_BUILT_FOR_MPICH) && defined(OPEN_MPI)
#error "this mpi4cxx was built for MPICH, but <mpi.h> is Open MPI's: compile with g++ and the flags of pkg-config mpi4cxx, or with mpicxx.mpich"
#elif defined(MPI4CXX_BUILT_FOR_OPEN_MPI) && !defined(OPEN_MPI)
#error "this mpi4cxx was built for Open MPI, but <mpi.h> is not: compile with g++ and the flags of pkg-config mpi4cxx, or with mpicxx.openmpi"
#endif
#endif

// The namespace of the library: an inline namespace in mpi4cxx, named after the version of the ABI and the MPI. So code that is compiled with the
// headers of one does not link with the library of another.
#ifdef MPI4CXX_STANDARD_ABI
#define MPI4CXX mpi4cxx::inline abi_0_1_standard
#elif defined(OPEN_MPI)
#define MPI4CXX mpi4cxx::inline abi_0_1_openmpi
#else
#define MPI4CXX mpi4cxx::inline abi_0_1_mpich
#endif

/// Marks what the shared library exports. Everything else in it is hidden.
#define MPI4CXX_API __attribute__((visibility("default")))

namespace MPI4CXX {
// Error classes that came after MPI-3. An MPI without them never reports them. The headers of the ABI have all of MPI-5, as enumerators rather than
// macros.
#ifndef MPI4CXX_STANDARD_ABI
#ifndef MPI_ERR_SESSION
inline constexpr int MPI_ERR_SESSION = MPI_ERR_UNKNOWN;
#endif
#ifndef MPI_ERR_PROC_ABORTED
inline constexpr int MPI_ERR_PROC_ABORTED = MPI_ERR_UNKNOWN;
#endif
#ifndef MPI_ERR_VALUE_TOO_LARGE
inline constexpr int MPI_ERR_VALUE_TOO_LARGE = MPI_ERR_UNKNOWN;
#endif
#ifndef MPI_ERR_ERRHANDLER  // MPI-4.1
inline constexpr int MPI_ERR_ERRHANDLER = MPI_ERR_UNKNOWN;
#endif
#ifndef MPI_ERR_ABI  // MPI-5
inline constexpr int MPI_ERR_ABI = MPI_ERR_UNKNOWN;
#endif
#endif

// Error classes of fault tolerance, which are in no standard up to MPI-5.0. An MPI has its own names for them.
#if defined(MPIX_ERR_REVOKED) && !defined(MPI_ERR_REVOKED)
inline constexpr int MPI_ERR_REVOKED = MPIX_ERR_REVOKED;
inline constexpr int MPI_ERR_PROC_FAILED = MPIX_ERR_PROC_FAILED;
inline constexpr int MPI_ERR_PROC_FAILED_PENDING = MPIX_ERR_PROC_FAILED_PENDING;
#elif !defined(MPI_ERR_REVOKED)
inline constexpr int MPI_ERR_REVOKED = MPI_ERR_UNKNOWN;
inline constexpr int MPI_ERR_PROC_FAILED = MPI_ERR_UNKNOWN;
inline constexpr int MPI_ERR_PROC_FAILED_PENDING = MPI_ERR_UNKNOWN;
#endif

// Other constants that came after MPI-3.
#ifdef MPI4CXX_STANDARD_ABI
using MPI_Fint = int;  // not every header has what Fortran needs
#else
#ifndef MPI_MAX_PSET_NAME_LEN
inline constexpr int MPI_MAX_PSET_NAME_LEN = 256;
#endif
#ifndef MPI_MAX_STRINGTAG_LEN
inline constexpr int MPI_MAX_STRINGTAG_LEN = 256;
#endif
#ifndef MPI_COMM_TYPE_HW_GUIDED
inline constexpr int MPI_COMM_TYPE_HW_GUIDED = -1001, MPI_COMM_TYPE_HW_UNGUIDED = -1002;
#endif
#if MPI_VERSION < 4 || (MPI_VERSION == 4 && MPI_SUBVERSION < 1)
inline constexpr int MPI_COMM_TYPE_RESOURCE_GUIDED = -1003;
#endif
#ifndef MPI_F_STATUS_SIZE
inline constexpr int MPI_F_STATUS_SIZE = sizeof(MPI_Status) / sizeof(MPI_Fint);
inline constexpr int MPI_F_SOURCE = 0, MPI_F_TAG = 1, MPI_F_ERROR = 2;
#endif
#endif
#ifndef MPI_TYPECLASS_LOGICAL  // MPI-5.1
inline constexpr int MPI_TYPECLASS_LOGICAL = MPI_UNDEFINED;
#endif

namespace detail {
// MPI_ERRORS_ABORT ends the processes of one communicator. If it is missing, MPI_ERRORS_ARE_FATAL replaces it, which ends all connected processes.
// MPICH 4.0 has the name, but ends the job when it is set. No MPICH with the standard ABI is as old.
#if !defined(MPI_ERRORS_ABORT) || (defined(MPICH_NUMVERSION) && MPICH_NUMVERSION < 40100000)
inline const MPI_Errhandler errors_abort = MPI_ERRORS_ARE_FATAL;
#else
inline const MPI_Errhandler errors_abort = MPI_ERRORS_ABORT;
#endif
}  // namespace detail
}  // namespace MPI4CXX
