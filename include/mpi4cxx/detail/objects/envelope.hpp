#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstddef>
#include <cstdint>

namespace MPI4CXX::detail {

/// What every object message begins with. The object's bytes follow at once, or travel by themselves on the channel under
/// `side_tag`; so do the blocks that were too long to be copied into them, whose sizes stand at their end.
struct Envelope {
    static constexpr std::uint32_t mark = 0x4d34432c;

    std::uint32_t magic = mark;
    std::int32_t sender = 0;    ///< its rank on the channel
    std::int32_t side_tag = 0;  ///< of all that travels on the channel
    std::uint32_t blocks : 30 = 0;
    std::uint32_t in_pieces : 1 = 0;  ///< whether the bytes travel so
    std::uint32_t asks : 1 = 0;       ///< whether the sender waits for an answer before it sends the blocks
    std::uint64_t type = 0;           ///< its hash
    std::uint64_t length = 0;         ///< of the object's bytes
};

/// An envelope and the bytes take at most so much room in one message.
inline constexpr std::size_t inline_limit = 8192;
/// Contiguous data from this size on is a block, sent from where it lies and received into its place: there a handshake
/// costs less than two copies.
inline constexpr std::size_t block_limit = 64 << 10;

}  // namespace MPI4CXX::detail
