// The channel: the communicator on which the bytes of large objects travel.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX::detail {

/// Makes the channel, a duplicate of COMM_WORLD. One channel serves all communicators, because MPIs have few (MPICH 2046). Collective. Has no effect
/// after the first call.
void open_channel(At at);
/// The channel; null before open_channel.
extern MPI_Comm opened_channel;
/// Returns the channel. Throws before open_channel.
[[nodiscard]] MPI_Comm channel(At at);
/// Makes side tags, if there are none yet: as many as `comm` has tags.
void open_tags(MPI_Comm comm, At at);

/// Returns the rank of this process on the channel.
[[nodiscard]] int channel_rank() noexcept;
/// Returns the tag of what the receiver tells the sender: that its blocks may come, and that all has come.
[[nodiscard]] int answer_tag(int side_tag) noexcept;

}  // namespace MPI4CXX::detail
