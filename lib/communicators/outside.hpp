// Communicators that reach outside COMM_WORLD, where the channel does not lead. A message of an object travels whole on them, because the other side
// may be a program that knows nothing of this library. Their collectives of objects have a channel of their own.
#pragma once

#include <mpi4cxx/comm.hpp>

#include "requests/channel.hpp"

#include <atomic>

namespace MPI4CXX::detail {

/// Whether this process has had such a communicator.
extern std::atomic<bool> any_outside;
/// Returns whether `mark_outside` has been called for a communicator, or for one from which it was made.
[[nodiscard]] bool is_marked_outside(MPI_Comm comm) noexcept;
[[nodiscard]] inline bool is_outside(MPI_Comm comm) noexcept { return any_outside.load(std::memory_order_relaxed) && is_marked_outside(comm); }
/// Takes note that `comm` may reach outside COMM_WORLD. Local, and not for two threads at once: whoever makes a communicator or begins a collective
/// call on it is alone.
MPI4CXX_API void mark_outside(MPI_Comm comm, Place where);
/// Returns a duplicate of such a communicator for the large objects of its collectives, made by the first call. Collective.
[[nodiscard]] MPI_Comm own_channel(MPI_Comm comm, Place where);

/// Does what comes before MPI_Comm_disconnect of any communicator, whoever calls it: completes what nobody waits for, if the MPI would wait for that,
/// and disconnects that duplicate, if there is one. Open MPI counts how often both sides disconnect, whatever it is. Collective.
void prepare_disconnect(MPI_Comm comm, Place where);

/// Throws unless objects can travel on `comm`: before open_channel, only where they need no channel.
inline void need_channel(const Comm& comm, At at) {
    if (opened_channel == MPI_COMM_NULL && !is_outside(comm.handle())) [[unlikely]]
        (void)channel(at);
}

}  // namespace MPI4CXX::detail
