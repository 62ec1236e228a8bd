// How the bytes and blocks of a large object travel over the channel.
#pragma once

#include <mpi4cxx/detail/communicators/object_message.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/detail/objects/envelope.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace MPI4CXX::detail {

/// Returns the rank on the channel of process `rank` of `comm`. Throws std::invalid_argument if the process is not in COMM_WORLD.
[[nodiscard]] int channel_rank(const Comm& comm, int rank, At at);
/// Translates ranks of `comm` to those on the channel. Returns false if the channel is not open, or does not reach one of the processes.
[[nodiscard]] bool to_channel_ranks(const Comm& comm, std::span<int> ranks, At at);
/// Returns whether the channel is open and reaches all processes to which this one sends on a communicator.
[[nodiscard]] bool reaches_all(const Comm& comm, At at);
/// Tells a sender that asks that it can send its blocks, or gives it a receipt: everything under this tag has been received, or all receives are
/// posted.
void answer(const Route& route);
[[nodiscard]] MPI_Request ianswer(const Route& route);
/// Receives one message of `size` bytes over the channel. Throws Exception if it has another length.
void recv_out_of_band(void* to, std::size_t size, const Route& route);
/// Begins to receive a message over the channel and to drop it, which takes no memory. The request of a long message fails once MPI has received it.
[[nodiscard]] MPI_Request idrop(const Route& route);
/// Receives and drops the last `messages` messages of an object, and then gives its sender a receipt, if that wants one.
void drop(const Route& route, std::size_t messages) noexcept;

/// The size of a piece of an object's bytes. MPI sends pieces without a handshake, so the receiver reads the first one while the others are on their
/// way.
[[nodiscard]] inline std::size_t piece_size() noexcept { return eager_size(); }
/// The most bytes that travel in pieces. More travel in one message, which waits for its receiver; pieces would take up the receiver's memory.
inline constexpr std::size_t pieces_limit = 1 << 20;

/// Returns whether the object's bytes travel over the channel, apart from the envelope.
[[nodiscard]] inline bool is_out_of_band(const Envelope& envelope) noexcept { return envelope.length > inline_limit - sizeof envelope; }
/// Returns the number of bytes in each of their messages.
[[nodiscard]] inline std::size_t piece_of(const Envelope& envelope) noexcept { return envelope.in_pieces != 0 ? piece_size() : envelope.length; }
/// Returns the number of these messages.
[[nodiscard]] inline std::size_t number_of_pieces(const Envelope& envelope) noexcept {
    return is_out_of_band(envelope) ? (envelope.length - 1) / piece_of(envelope) + 1 : 0;
}
/// Calls `f(begin, size)` for each of these messages.
template <class F> void for_each_piece(const Envelope& envelope, F f) {
    for (std::size_t i = 0, begin = 0; i < number_of_pieces(envelope); ++i, begin += piece_of(envelope))
        f(begin, std::min(piece_of(envelope), static_cast<std::size_t>(envelope.length) - begin));
}

}  // namespace MPI4CXX::detail
