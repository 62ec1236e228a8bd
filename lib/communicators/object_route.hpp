// How the parts of a large object find their way over the channel.
#pragma once

#include <mpi4cxx/detail/communicators/object_message.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/detail/objects/envelope.hpp>

#include <algorithm>
#include <cstddef>

namespace MPI4CXX::detail {

/// The rank on the channel of process `rank` of `comm`.
[[nodiscard]] int channel_rank(const Comm& comm, int rank, At at);
/// Whether there is a channel and all processes of an intracommunicator are on it.
[[nodiscard]] bool reaches_all(const Comm& comm, At at);
/// Receives what `route.sender` sends by itself, of which it has said how long it is.
void recv_out_of_band(void* to, std::size_t size, const Route& route);

/// The bytes of an object travel in pieces of this size, without a handshake: the receiver reads the first piece while the others are on
/// their way.
inline constexpr std::size_t piece_size = eager_size;
/// More bytes than these travel in one message, which waits for its receiver: pieces would wait in the receiver's memory.
inline constexpr std::size_t pieces_limit = 1 << 20;

/// Whether the object's bytes travel by themselves.
[[nodiscard]] inline bool is_out_of_band(const Envelope& envelope) noexcept { return envelope.length > inline_limit - sizeof envelope; }
/// In messages of how many bytes they do.
[[nodiscard]] inline std::size_t piece_of(const Envelope& envelope) noexcept { return envelope.in_pieces != 0 ? piece_size : envelope.length; }
[[nodiscard]] inline std::size_t number_of_pieces(const Envelope& envelope) noexcept {
    return is_out_of_band(envelope) ? (envelope.length - 1) / piece_of(envelope) + 1 : 0;
}
/// Calls `f(begin, size)` for each of them.
template <class F> void for_each_piece(const Envelope& envelope, F f) {
    for (std::size_t i = 0, begin = 0; i < number_of_pieces(envelope); ++i, begin += piece_of(envelope))
        f(begin, std::min(piece_of(envelope), static_cast<std::size_t>(envelope.length) - begin));
}

}  // namespace MPI4CXX::detail
