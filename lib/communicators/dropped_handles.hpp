// Communicators, windows and files that an exception has dropped. Freeing is collective, but the other processes are elsewhere then. So a dropped
// handle is kept until all its processes come together to make another one, and none of them uses it any more.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/fwd.hpp>

#include <cstdint>
#include <functional>

namespace MPI4CXX::detail {

/// The name of a collective handle. It is the same on all processes of the handle, and no other handle has it.
using HandleName = std::int64_t;

/// Takes note of a communicator that all its processes have just made, frees communicators that they have dropped before, and returns `comm`.
/// Collective over `comm`, which is null if this process has no part in it.
[[nodiscard]] MPI_Comm made(MPI_Comm comm, Place where);

/// Does the same for a handle that is not a communicator and that all processes of `comm` have just made, and returns the name of that handle.
[[nodiscard]] HandleName name_handle(MPI_Comm comm, Place where);

/// Forgets a handle that this process frees.
void forget(HandleName name) noexcept;

/// Keeps a handle that may not be freed now until all of its processes can agree to call `free`.
void set_aside(HandleName name, std::function<void()> free, Group processes);

/// Calls `free_left` at the beginning of MPI_Finalize, to free handles that the program has neither freed nor dropped: windows.
void free_left_at_finalize(void (*free_left)() noexcept) noexcept;

/// Lets all processes of COMM_WORLD free at the beginning of MPI_Finalize what all have dropped. MPICH crashes there if a window is left.
void free_dropped_at_finalize();

}  // namespace MPI4CXX::detail
