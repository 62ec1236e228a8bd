#pragma once

#include <mpi4cxx/comm.hpp>

#include <cstddef>

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

/// An object's bytes travel in pieces of so much, which MPIs send without a handshake: the receiver reads the first while the
/// others are on their way.
#ifdef OPEN_MPI
inline constexpr std::size_t piece_size = 4000;
#else
inline constexpr std::size_t piece_size = 8000;
#endif
/// More bytes than these travel in one message, which waits for its receiver: pieces would wait in the receiver's memory.
inline constexpr std::size_t pieces_limit = 1 << 20;

}  // namespace mpi4cxx::detail
