// The channel: the communicator on which the bytes of large objects travel.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstdint>

namespace MPI4CXX::detail {

/// Makes the channel, a duplicate of COMM_WORLD. One channel serves all communicators, because MPIs have few (MPICH 2046). Collective. Has no effect
/// after the first call.
void open_channel(At at);
/// The channel; null before open_channel.
extern MPI_Comm opened_channel;
/// Returns the channel. Throws before open_channel.
[[nodiscard]] MPI_Comm channel(At at);
/// Throws before open_channel, so that a program without an Environment fails at its first object, not at its first large one.
inline void need_channel(At at) {
    if (opened_channel == MPI_COMM_NULL) [[unlikely]]
        (void)channel(at);
}

/// Returns the rank of this process on the channel.
[[nodiscard]] int channel_rank() noexcept;
/// Returns a tag that no other message of this process carries on the channel.
[[nodiscard]] int next_channel_tag() noexcept;
/// Goes on as if `number` tags had been used, for tests of what happens after billions of messages.
MPI4CXX_API void skip_channel_tags(std::uint64_t number) noexcept;
/// Returns the tag of the answer to a sender that asks whether its blocks may come.
[[nodiscard]] int answer_tag(int side_tag) noexcept;

}  // namespace MPI4CXX::detail
