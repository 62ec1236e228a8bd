#pragma once

#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/detail/envelope.hpp>
#include <mpi4cxx/detail/object.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mpi4cxx::detail {

/// The communicator on which payloads of large objects travel, between ranks of COMM_WORLD: one in all, because MPIs have
/// few (MPICH 2046). Collective; once is enough.
void open_channel(At at);
/// Null where it has not been opened.
extern MPI_Comm opened_channel;
/// The same; throws there.
[[nodiscard]] MPI_Comm channel(At at);
/// Throws there at the first object, not at the first large one.
inline void need_channel(At at) {
    if (opened_channel == MPI_COMM_NULL) [[unlikely]]
        (void)channel(at);
}

/// This process's rank on the channel.
[[nodiscard]] int channel_rank() noexcept;
/// The rank on the channel of process `rank` of `comm`.
[[nodiscard]] int channel_rank(const Comm& comm, int rank, At at);
/// Whether there is a channel and all processes of an intracommunicator are on it.
[[nodiscard]] bool reaches_all(const Comm& comm, At at);
/// A tag that no other message of this process carries on the channel.
[[nodiscard]] int next_channel_tag() noexcept;
/// Goes on as if so many tags had been used: for tests of what comes after billions of messages.
MPI4CXX_API void skip_channel_tags(std::uint64_t number) noexcept;
/// The tag of the answer to a sender that asks whether its blocks may come.
[[nodiscard]] int answer_tag(int side_tag) noexcept;

/// Receives what `route.sender` sends by itself, of which it has said how long it is.
void recv_beside(void* to, std::size_t size, const Route& route);

/// An object's bytes travel in pieces of so much, which MPIs send without a handshake: the receiver reads the first while the
/// others are on their way.
#ifdef OPEN_MPI
inline constexpr std::size_t piece_size = 4000;
#else
inline constexpr std::size_t piece_size = 8000;
#endif
/// More bytes than these travel in one message, which waits for its receiver: pieces would wait in the receiver's memory.
inline constexpr std::size_t pieces_limit = 1 << 20;

/// Whether the object's bytes travel by themselves.
[[nodiscard]] inline bool is_beside(const Envelope& envelope) noexcept { return envelope.length > inline_limit - sizeof envelope; }
/// In messages of how many bytes they do.
[[nodiscard]] inline std::size_t piece_of(const Envelope& envelope) noexcept { return envelope.in_pieces != 0 ? piece_size : envelope.length; }
[[nodiscard]] inline std::size_t number_of_pieces(const Envelope& envelope) noexcept {
    return is_beside(envelope) ? (envelope.length - 1) / piece_of(envelope) + 1 : 0;
}
/// Calls `f(begin, size)` for each of them.
template <class F> void for_each_piece(const Envelope& envelope, F f) {
    for (std::size_t i = 0, begin = 0; i < number_of_pieces(envelope); ++i, begin += piece_of(envelope))
        f(begin, std::min(piece_of(envelope), static_cast<std::size_t>(envelope.length) - begin));
}

}  // namespace mpi4cxx::detail
