// The facts in which MPIs differ. Only this floor looks at the name and the version of an MPI; all other floors ask here.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstddef>

namespace MPI4CXX::detail {

#ifdef OPEN_MPI
inline constexpr bool is_open_mpi = true;
#else
inline constexpr bool is_open_mpi = false;
#endif

/// Returns whether the MPI is an MPICH older than version `number`, which is 40101000 for 4.1.1.
constexpr bool is_mpich_before([[maybe_unused]] long number) noexcept {
#ifdef MPICH_NUMVERSION
    return MPICH_NUMVERSION < number;
#else
    return false;
#endif
}

inline constexpr bool has_isendrecv = MPI_VERSION >= 4;
inline constexpr bool has_partitions = MPI_VERSION >= 4;
#ifdef MPI_SESSION_NULL
inline constexpr bool has_sessions = true;
#else
inline constexpr bool has_sessions = false;
#endif
/// Without MPI_Init, MPICH 4.0 crashes when it makes a window or, by MPI_Comm_create_group, a communicator of one process, or a grid without
/// dimensions. In a job of one process it also crashes where a request is tested before it is complete.
inline constexpr bool crashes_without_world = is_mpich_before(40100000);
/// The address that makes the MPI allocate the attached buffer itself, and null in an MPI that cannot.
#ifdef MPI_BUFFER_AUTOMATIC
inline void* const buffer_automatic = MPI_BUFFER_AUTOMATIC;
#else
inline void* const buffer_automatic = nullptr;
#endif

/// MPICH before 4.1 swaps the numbers of neighbours that send and that receive (its issue 6233) unless counts are large.
inline constexpr bool has_int_neighbor_alltoallw = !is_mpich_before(40100000);
/// MPICH before 4.1.1 confuses blocks of different sizes in Ialltoallw and Alltoallw_init in place (its issue 6404).
inline constexpr bool has_ialltoallw_in_place = !is_mpich_before(40101000);
/// MPICH before 4.3 gathers and scatters wrongly in persistent calls of equal blocks (its issues 6423 and 7078). Persistent calls of blocks of
/// different sizes are right.
inline constexpr bool has_equal_init = !is_mpich_before(40300000);

/// MPICH 4.0 disagrees with itself on where the memory of a process begins in a window of MPI_Win_allocate (its issue 6110), so that other processes
/// write elsewhere. It is right if the blocks of a node may have gaps between them.
inline constexpr bool needs_gaps_in_allocated_windows = is_mpich_before(40100000);

/// MPICH 4.0 and 4.2 complete the request of an MPI_Rget into a derived datatype before the data has come.
inline constexpr bool completes_strided_rget_early = is_mpich_before(50000000);

/// Open MPI 4.1 reports truncation but still writes the whole message past a contiguous buffer. A datatype with a gap avoids that.
inline constexpr bool truncation_overwrites = is_open_mpi;
/// On Open MPI, a long MPI_Bsend that fails for lack of room leaves a gap in the order of messages. The receiver waits forever for all later
/// messages, in C too.
inline constexpr bool failed_bsend_blocks_receiver = is_open_mpi;
/// Open MPI 4.1's MPI_File_preallocate writes what the file holds a second time behind its end. It also fails where processes come at different
/// times.
inline constexpr bool preallocate_duplicates = is_open_mpi;
/// Open MPI's signal handlers print the stack. The first call of backtrace() loads a library, which never returns in a process that crashed in
/// malloc.
inline constexpr bool prints_stack_of_crash = is_open_mpi;
/// Open MPI 4.1's component osc/rdma, which makes most windows by default, is wrong: windows of disjoint communicators can share one file in
/// /dev/shm, so that they fail or overwrite one another, and a compare-and-swap of 64 bits crashes. It makes no windows of one process. Debian leaves
/// out osc/ucx, which has fewer mistakes.
#ifdef OPEN_MPI
inline constexpr bool has_broken_osc_rdma = OMPI_MAJOR_VERSION < 5;
#else
inline constexpr bool has_broken_osc_rdma = false;
#endif
/// Open MPI 4.1's osc/ucx fetches and swaps integers of 4 and 8 bytes only. MPI_Fetch_and_op adds floating-point numbers as if they were integers.
inline constexpr bool fetches_integers_only = has_broken_osc_rdma;
/// Open MPI 4.1's osc/ucx uses memory that it has never set in MPI_Rput and MPI_Rget to dynamic windows: these crash or fail.
inline constexpr bool crashes_in_dynamic_requests = has_broken_osc_rdma;
/// Where Open MPI 4.1's osc/ucx completes operations on all processes at once, it leaves out those that wait for room in a queue. Where it completes
/// those on one process, it leaves out none.
inline constexpr bool leaves_out_waiting_operations = has_broken_osc_rdma;
/// In Open MPI 4.1 a collective write that fails where one process writes for others is a success on all of them.
inline constexpr bool loses_errors_of_collective_writes = is_open_mpi;
/// In Open MPI 4.1 the request of a nonblocking read that passes the end of the file is never complete.
inline constexpr bool hangs_in_short_reads = is_open_mpi;
/// A process without a launcher that asks MPICH for more processes, or how many there may be, starts an mpiexec, which need not be MPICH's, and waits
/// for it for ever.
inline constexpr bool waits_for_missing_launcher = !is_open_mpi;
/// A program that is to be started, whose name has no slash: Open MPI looks in the working folder and in PATH, MPICH in what the key "path" of the
/// Info says and in PATH.
inline constexpr bool spawns_from_working_folder = is_open_mpi;
/// Open MPI 5 and 6 wait for ever for a port whose name they cannot read. Their names are like 1116274689.0:326663584.
inline constexpr bool waits_for_unreadable_port = is_open_mpi;
/// MPICH before 5 cannot start processes, nor connect to others, with the device that distributions build it with.
inline constexpr bool rarely_has_dynamic_processes = is_mpich_before(50000000);
/// The largest message, in bytes, that the MPI sends without a handshake with the receiver, rounded down.
inline constexpr std::size_t eager_size = is_open_mpi ? 4000 : 8000;

}  // namespace MPI4CXX::detail
