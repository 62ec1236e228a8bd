// The first bytes of an object message.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace MPI4CXX::detail {

/// The beginning of an object message. The object's bytes follow in the same message, or travel on the channel under `side_tag`. Blocks, which are
/// too long to be copied into the bytes, travel on the channel too; their sizes are at the end of the bytes.
/// A message of a whole object that has no blocks, as most are, has only the first two members, the second with `short_mark`: the shortest messages
/// are faster.
struct Envelope {
    static constexpr std::uint32_t mark = 0x4d34432c;
    static constexpr std::uint64_t short_mark = std::uint64_t{mark} << 32;
    static constexpr std::size_t short_size = 2 * sizeof(std::uint64_t);

    std::uint64_t type = 0;    ///< hash of the object's type
    std::uint64_t length = 0;  ///< number of the object's bytes
    std::uint32_t magic = mark;
    std::int32_t sender = 0;    ///< rank of the sender on the channel
    std::int32_t side_tag = 0;  ///< tag of the messages on the channel
    std::uint32_t blocks : 29 = 0;
    std::uint32_t in_pieces : 1 = 0;  ///< whether the bytes travel in pieces
    std::uint32_t asks : 1 = 0;       ///< whether the sender waits for an answer before it sends the blocks
    std::uint32_t receipt : 1 = 0;    ///< whether the sender wants to be told when all has been received

    /// Writes short_size bytes: what begins the message of a whole object that takes `length` bytes.
    static void write_short(std::byte* to, std::uint64_t type, std::uint64_t length) noexcept {
        length += short_mark;
        std::memcpy(to, &type, sizeof type);
        std::memcpy(to + sizeof type, &length, sizeof length);
    }
    /// Returns whether this begins a message of `size` bytes that has short_size bytes of an envelope and a whole object.
    [[nodiscard]] bool is_short(std::uint64_t size) const noexcept { return size >= short_size && length == short_mark + (size - short_size); }
};

/// The most bytes of a message that holds the envelope and the object's bytes.
inline constexpr std::size_t inline_limit = 8192;
/// Contiguous data of at least this size is a block: it is sent from the memory of the object and received into the memory of the new object. From
/// this size on a handshake costs less than two copies.
inline constexpr std::size_t block_limit = 64 << 10;

}  // namespace MPI4CXX::detail
