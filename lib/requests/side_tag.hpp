// The tags of the messages on the channel.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/detail/mpi/mpi.hpp>
#include <mpi4cxx/detail/objects/envelope.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace MPI4CXX::detail {

/// Begins with all tags from 0 on up to `number`, without that.
void open_side_tags(int number);
/// Drops the receives of receipts that will not come.
void close_side_tags() noexcept;

/// A tag for the messages of one object. No message of another object that this process sends can match their receives: half of the tags are used
/// only once, and the others come again when all receivers have sent a receipt, which tells that they have received everything under this tag.
class SideTag {
public:
    /// Throws Exception if too many messages are on their way.
    explicit SideTag(At at);
    SideTag(SideTag&& other) noexcept : value_(std::exchange(other.value_, none)) {}
    SideTag& operator=(SideTag&&) = delete;
    /// Gives the tag back unless it is in use.
    ~SideTag();

    [[nodiscard]] int value() const noexcept { return value_; }
    /// Writes the tag, its process, which is `sender` on the channel, and whether receipts are wanted.
    void write_to(Envelope& envelope, int sender) const noexcept;
    /// Says that messages to `receivers` processes are on their way on `channel`, or will be.
    void use(int receivers, MPI_Comm channel) noexcept;

private:
    static constexpr int none = -1;
    int value_;
};

/// Returns a tag that is in use until it is given back; nothing if too many messages are on their way.
[[nodiscard]] std::optional<int> borrow_side_tag();

/// Takes all tags that are free on this process of those on which several processes can agree. Each bit is a tag, the lowest is tag 0.
[[nodiscard]] MPI4CXX_API std::uint64_t take_common_tags() noexcept;
MPI4CXX_API void give_back_common_tags(std::uint64_t tags) noexcept;

/// Gives back one tag, whether it was borrowed or common.
void give_back_side_tag(int tag) noexcept;

/// Goes on as if only so many tags were left that are used once, and so many that come again, for tests of what happens after billions of messages.
MPI4CXX_API void limit_side_tags(int used_once, int reused);

}  // namespace MPI4CXX::detail
