#pragma once

#include <mpi4cxx/comm.hpp>

namespace mpi4cxx::detail {

/// The communicator on which payloads of large objects travel, between ranks of COMM_WORLD: one in all, because MPIs have
/// few (MPICH 2046). Collective; once is enough.
void open_channel(At at);
[[nodiscard]] MPI_Comm channel(At at);

/// This process's rank on the channel.
[[nodiscard]] int channel_rank() noexcept;
/// The rank on the channel of process `rank` of `comm`.
[[nodiscard]] int channel_rank(const Comm& comm, int rank, At at);
/// Whether there is a channel and all processes of an intracommunicator are on it.
[[nodiscard]] bool reaches_all(const Comm& comm, At at);
/// A tag that no other message of this process carries on the channel.
[[nodiscard]] int next_channel_tag() noexcept;
/// The tag of the answer to a sender that asks whether its blocks may come.
[[nodiscard]] int answer_tag(int side_tag) noexcept;

}  // namespace mpi4cxx::detail
