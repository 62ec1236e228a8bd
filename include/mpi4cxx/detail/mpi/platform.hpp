// The facts in which MPIs differ. Only this floor looks at the name and the version of an MPI; all other floors ask here. The compiler knows them,
// but for the standard ABI, where the process has an MPI only when it runs.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <climits>
#include <cstddef>

namespace MPI4CXX::detail {

/// An MPI library: Open MPI, or MPICH and what is made from it.
struct Implementation {
    bool is_open_mpi;
    long version;  // 40101000 is 4.1.1
};

#ifdef MPI4CXX_STANDARD_ABI
inline constexpr bool is_standard_abi = true;
/// The MPI of this process, which is asked when this library is loaded, before the program's own variables are initialized.
extern MPI4CXX_API const Implementation implementation;
#else
inline constexpr bool is_standard_abi = false;
#if defined(OPEN_MPI)
inline constexpr Implementation implementation{true, OMPI_MAJOR_VERSION * 10000000L + OMPI_MINOR_VERSION * 100000L + OMPI_RELEASE_VERSION * 1000L};
#elif defined(MPICH_NUMVERSION)
inline constexpr Implementation implementation{false, MPICH_NUMVERSION};
#else
inline constexpr Implementation implementation{false, LONG_MAX};
#endif
#endif

inline bool is_open_mpi() noexcept { return implementation.is_open_mpi; }
inline bool is_open_mpi_before(long number) noexcept { return implementation.is_open_mpi && implementation.version < number; }
/// Returns whether the MPI is an MPICH older than version `number`.
inline bool is_mpich_before(long number) noexcept { return !implementation.is_open_mpi && implementation.version < number; }

#ifdef MPI_SESSION_NULL
inline constexpr bool has_sessions = true;
#else
inline constexpr bool has_sessions = false;
#endif
// Both came with sessions, which Open MPI 5 has though it says that it follows MPI-3.1.
inline constexpr bool has_isendrecv = has_sessions;
inline constexpr bool has_partitions = has_sessions;
/// Without MPI_Init, MPICH 4.0 and 4.2 crash when they make a communicator of one process by MPI_Comm_create_group, or a grid without dimensions.
/// MPICH 4.0 also crashes when it makes a window and, in a job of one process, where a request is tested before it is complete.
inline bool crashes_without_world() noexcept { return is_mpich_before(50000000); }
/// In a job of one process MPICH 5 still crashes when it makes a grid without dimensions.
inline bool crashes_in_empty_grid_without_world(int processes) noexcept { return crashes_without_world() || (!is_open_mpi() && processes == 1); }
/// Without MPI_Init, MPICH from 4.0 to 5.0 opens no file; 4.0 says of each that it does not exist.
inline bool opens_no_files_without_world() noexcept { return !is_open_mpi(); }
/// Where a session began before MPI_Init, MPI_Finalize of MPICH 4.2 crashes if no session is open any more.
inline bool needs_session_to_finalize() noexcept { return is_mpich_before(50000000) && !is_mpich_before(40100000); }
/// Open MPI sends a message of its own when a partitioned operation is made. If the operation is freed without having been started, the next one with
/// the same tag takes that message for its own, and waits for ever.
inline bool leaves_message_of_unstarted_partitions() noexcept { return is_open_mpi(); }
/// The address that makes the MPI allocate the attached buffer itself, and null in an MPI that cannot.
#ifdef MPI_BUFFER_AUTOMATIC
inline void* const buffer_automatic = MPI_BUFFER_AUTOMATIC;
#else
inline void* const buffer_automatic = nullptr;
#endif

/// MPICH before 4.1 swaps the numbers of neighbours that send and that receive (its issue 6233) unless counts are large.
inline bool has_int_neighbor_alltoallw() noexcept { return !is_mpich_before(40100000); }
/// MPICH before 4.1.1 confuses blocks of different sizes in Ialltoallw and Alltoallw_init in place (its issue 6404).
inline bool has_ialltoallw_in_place() noexcept { return !is_mpich_before(40101000); }
/// MPICH before 4.3 gathers and scatters wrongly in persistent calls of equal blocks (its issues 6423 and 7078). Persistent calls of blocks of
/// different sizes are right.
inline bool has_equal_init() noexcept { return !is_mpich_before(40300000); }

/// On a communicator of one process, Open MPI's MPI_Alltoallw takes displacements for numbers of elements. They are bytes.
inline bool miscounts_in_lone_alltoallw() noexcept { return is_open_mpi(); }
/// In Open MPI's MPI_Ialltoallw in place, processes that have only empty blocks take no part, and the others wait for them for ever. After such an
/// MPI_Ialltoallv in place, the next nonblocking collective waits.
inline bool waits_in_ialltoallw_in_place() noexcept { return is_open_mpi(); }
/// Open MPI 6's library of the standard ABI describes sub-arrays and distributed arrays by the numbers of Open MPI's own header.
inline bool has_own_numbers_in_contents() noexcept { return is_standard_abi && is_open_mpi(); }

/// MPICH 4.0 disagrees with itself on where the memory of a process begins in a window of MPI_Win_allocate (its issue 6110), so that other processes
/// write elsewhere. It is right if the blocks of a node may have gaps between them.
inline bool needs_gaps_in_allocated_windows() noexcept { return is_mpich_before(40100000); }

/// Memory of MPI_Win_create has to begin at a multiple of this. Elsewhere MPICH 4.0 takes the multiple before for the beginning of the window,
/// because UCX 1.13 says so (its issue 9405).
inline std::size_t alignment_of_created_windows() noexcept { return is_mpich_before(40100000) ? 16 : 1; }

/// MPICH 4.0 and 4.2 complete the request of an MPI_Rget into a derived datatype before the data has come.
inline bool completes_strided_rget_early() noexcept { return is_mpich_before(50000000); }

/// Open MPI 4.1 reports truncation but still writes the whole message past a contiguous buffer. A datatype with a gap avoids that.
inline bool truncation_overwrites() noexcept { return is_open_mpi(); }
/// On Open MPI, a long MPI_Bsend that fails for lack of room leaves a gap in the order of messages. The receiver waits forever for all later
/// messages, in C too.
inline bool failed_bsend_blocks_receiver() noexcept { return is_open_mpi(); }
/// Open MPI 4.1's MPI_File_preallocate writes what the file holds a second time behind its end. It also fails where processes come at different
/// times.
inline bool preallocate_duplicates() noexcept { return is_open_mpi(); }
/// MPICH takes what stands before the first colon in the name of a file for the kind of the file system, and for no part of the name.
inline bool reads_prefixes_of_file_names() noexcept { return !is_open_mpi(); }
/// Open MPI 4.1 opens no file whose name has one character.
inline bool fails_for_names_of_one_character() noexcept { return is_open_mpi(); }
/// Open MPI's signal handlers print the stack. The first call of backtrace() loads a library, which never returns in a process that crashed in
/// malloc.
inline bool prints_stack_of_crash() noexcept { return is_open_mpi(); }
/// Open MPI 4.1's component osc/rdma, which makes most windows by default, is wrong: windows of disjoint communicators can share one file in
/// /dev/shm, so that they fail or overwrite one another, and a compare-and-swap of 64 bits crashes. It makes no windows of one process. Debian leaves
/// out osc/ucx, which has fewer mistakes.
inline bool has_broken_osc_rdma() noexcept { return is_open_mpi_before(50000000); }
/// Where several threads communicate, Open MPI 6's btl/sm loses messages that it sends through fast boxes.
inline bool loses_small_messages_of_threads() noexcept { return is_open_mpi() && !is_open_mpi_before(60000000); }
/// The major version of the mpi4py that distributions make with this MPI.
inline int usual_mpi4py() noexcept { return is_open_mpi_before(50000000) ? 3 : 4; }
/// Open MPI 4.1's osc/ucx fetches and swaps integers of 4 and 8 bytes only. MPI_Fetch_and_op adds floating-point numbers as if they were integers.
inline bool fetches_integers_only() noexcept { return has_broken_osc_rdma(); }
/// Open MPI 4.1's osc/ucx uses memory that it has never set in MPI_Rput and MPI_Rget to dynamic windows: these crash or fail.
inline bool crashes_in_dynamic_requests() noexcept { return has_broken_osc_rdma(); }
/// Where Open MPI 4.1's osc/ucx completes operations on all processes at once, it leaves out those that wait for room in a queue. Where it completes
/// those on one process, it leaves out none.
inline bool leaves_out_waiting_operations() noexcept { return has_broken_osc_rdma(); }
/// In Open MPI 4.1 a collective write that fails where one process writes for others is a success on all of them.
inline bool loses_errors_of_collective_writes() noexcept { return is_open_mpi(); }
/// In Open MPI 4.1 the request of a nonblocking read that passes the end of the file is never complete.
inline bool hangs_in_short_reads() noexcept { return is_open_mpi(); }
/// A process without a launcher that asks MPICH for more processes, or how many there may be, starts an mpiexec, which need not be MPICH's, and waits
/// for it for ever.
inline bool waits_for_missing_launcher() noexcept { return !is_open_mpi(); }
/// A program that is to be started, whose name has no slash: Open MPI looks in the working folder and in PATH, MPICH in what the key "path" of the
/// Info says and in PATH.
inline bool spawns_from_working_folder() noexcept { return is_open_mpi(); }
/// The launcher of Open MPI 5.0 crashes where it is to start several programs at once.
inline bool crashes_in_spawn_multiple() noexcept { return is_open_mpi_before(60000000) && !is_open_mpi_before(50000000); }
/// MPICH 5's mpiexec takes a backslash of an argument of a program that is started for a sign that the next character stands for itself. It ends the
/// job where an argument is empty, and cuts one at the end of a line.
inline bool reads_backslashes_of_arguments() noexcept { return !is_open_mpi(); }
/// Open MPI 5 and 6 wait for ever for a port whose name they cannot read. Their names are like 1116274689.0:326663584.
inline bool waits_for_unreadable_port() noexcept { return is_open_mpi(); }
/// MPICH before 5 cannot start processes, nor connect to others, with the device that distributions build it with.
inline bool rarely_has_dynamic_processes() noexcept { return is_mpich_before(50000000); }
/// MPICH 5's MPI_Comm_disconnect waits until the program has freed all requests, complete ones too.
inline bool disconnects_after_freed_requests() noexcept { return !is_open_mpi() && !is_mpich_before(50000000); }
/// MPI_Request_get_status of MPICH 4.2 and 5 makes a complete persistent request inactive: the wait that follows tells no status and no error.
inline bool get_status_takes_outcome() noexcept { return !is_open_mpi() && !is_mpich_before(40200000); }
/// MPICH 4.2 and 5 wait for ever, or end the job, if a delete function of a communicator's attribute finds a message there.
inline bool probes_in_delete_functions() noexcept { return is_open_mpi() || is_mpich_before(40200000); }
/// A function of MPICH 5 that has called an error handler of the program reports success, in C too. The library finds the error all the same.
inline bool loses_errors_after_handler() noexcept { return !is_open_mpi() && !is_mpich_before(50000000); }
/// The largest message, in bytes, that the MPI sends without a handshake with the receiver, rounded down.
inline std::size_t eager_size() noexcept { return is_open_mpi() ? 4000 : 8000; }

}  // namespace MPI4CXX::detail
