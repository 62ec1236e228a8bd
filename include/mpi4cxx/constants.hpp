// Constants of MPI that several classes share.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX {

// Counts and addresses (MPI-4.0, 2.5.6 and 2.5.8).
using Count = MPI_Count;
using Aint = MPI_Aint;
/// An integer in Fortran, and a handle in Fortran.
using Fint = MPI_Fint;

// Special ranks, tags and values (MPI-4.0, 3.2.4, 3.10 and A.1.1).
inline constexpr int UNDEFINED = MPI_UNDEFINED;
inline constexpr int ANY_SOURCE = MPI_ANY_SOURCE;
inline constexpr int ANY_TAG = MPI_ANY_TAG;
inline constexpr int PROC_NULL = MPI_PROC_NULL;
inline constexpr int ROOT = MPI_ROOT;
inline constexpr int KEYVAL_INVALID = MPI_KEYVAL_INVALID;
/// The bytes that a message takes in an attached buffer in addition to its own (MPI-4.0, 3.6).
inline constexpr int BSEND_OVERHEAD = MPI_BSEND_OVERHEAD;

// Sizes of strings, with the terminator (MPI-4.0, A.1.1).
inline constexpr int MAX_PROCESSOR_NAME = MPI_MAX_PROCESSOR_NAME;
inline constexpr int MAX_ERROR_STRING = MPI_MAX_ERROR_STRING;
inline constexpr int MAX_OBJECT_NAME = MPI_MAX_OBJECT_NAME;
inline constexpr int MAX_LIBRARY_VERSION_STRING = MPI_MAX_LIBRARY_VERSION_STRING;
inline constexpr int MAX_INFO_KEY = MPI_MAX_INFO_KEY;
inline constexpr int MAX_INFO_VAL = MPI_MAX_INFO_VAL;
inline constexpr int MAX_PORT_NAME = MPI_MAX_PORT_NAME;
inline constexpr int MAX_DATAREP_STRING = MPI_MAX_DATAREP_STRING;
inline constexpr int MAX_PSET_NAME_LEN = MPI_MAX_PSET_NAME_LEN;
inline constexpr int MAX_STRINGTAG_LEN = MPI_MAX_STRINGTAG_LEN;

// A status in Fortran: its size, and the indices of its fields, from 0 (MPI-4.0, 19.3.5).
inline constexpr int F_STATUS_SIZE = MPI_F_STATUS_SIZE;
inline constexpr int F_SOURCE = MPI_F_SOURCE;
inline constexpr int F_TAG = MPI_F_TAG;
inline constexpr int F_ERROR = MPI_F_ERROR;

/// Stands for the send (or receive) buffer of a collective call that works in place (MPI-4.0, 6.2.4).
struct InPlace {};
/// The value to pass.
inline constexpr InPlace IN_PLACE{};

/// Stands for address zero in a buffer of absolute addresses: `{BOTTOM, 1, type}` (MPI-4.0, 5.1.5).
struct Bottom {};
/// The value to pass.
inline constexpr Bottom BOTTOM{};

/// Stands for an attached buffer that MPI allocates itself, as large as needed (MPI-4.1, 3.6).
struct BufferAutomatic {};
/// The value to pass.
inline constexpr BufferAutomatic BUFFER_AUTOMATIC{};

/// Levels of thread support (MPI-4.0, 11.6).
enum ThreadLevel : int {
    THREAD_SINGLE = MPI_THREAD_SINGLE,
    THREAD_FUNNELED = MPI_THREAD_FUNNELED,
    THREAD_SERIALIZED = MPI_THREAD_SERIALIZED,
    THREAD_MULTIPLE = MPI_THREAD_MULTIPLE,
};

/// The results of Compare (MPI-4.0, 7.4.1).
enum Comparison : int { IDENT = MPI_IDENT, CONGRUENT = MPI_CONGRUENT, SIMILAR = MPI_SIMILAR, UNEQUAL = MPI_UNEQUAL };

/// Kinds of topology (MPI-4.0, 8.5.5).
enum Topology : int { CART = MPI_CART, GRAPH = MPI_GRAPH, DIST_GRAPH = MPI_DIST_GRAPH };

// What the processes share that Split_type puts into one communicator (MPI-4.0, 7.4.2).
inline constexpr int COMM_TYPE_SHARED = MPI_COMM_TYPE_SHARED;
inline constexpr int COMM_TYPE_HW_GUIDED = MPI_COMM_TYPE_HW_GUIDED;
inline constexpr int COMM_TYPE_HW_UNGUIDED = MPI_COMM_TYPE_HW_UNGUIDED;
inline constexpr int COMM_TYPE_RESOURCE_GUIDED = MPI_COMM_TYPE_RESOURCE_GUIDED;

}  // namespace MPI4CXX
