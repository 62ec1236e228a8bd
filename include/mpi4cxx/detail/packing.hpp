#pragma once

#include <mpi4cxx/detail/bytes.hpp>
#include <mpi4cxx/detail/envelope.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mpi4cxx::detail {

/// Contiguous data that stays where it lies until it is sent.
struct Block {
    const void* data;
    std::size_t size;
};

/// Memory for one message, on the stack or in a request.
struct Room {
    Room() noexcept {}  // leaves it as it is
    alignas(16) std::array<std::byte, inline_limit> bytes;
    std::array<std::byte, 16> guard;  // what a longer message may touch, see lib/object_recv.cpp
};

/// An object on its way out: its bytes behind an envelope, and the blocks beside them.
class MPI4CXX_API Packing {
public:
    enum class Blocks : char {
        inside,  ///< copied, so that the object may change at once
        beside,  ///< looked at until they are sent
    };

    Packing(Room& room, Blocks blocks) noexcept : Packing(room.bytes.data(), room.bytes.size(), blocks) {}
    explicit Packing(Blocks blocks) : Packing(nullptr, 0, blocks) { grow(inline_limit); }
    Packing(Packing&&) noexcept = default;
    Packing& operator=(Packing&&) noexcept = default;
    ~Packing() = default;

    void append(const void* from, std::size_t size) { copy_bytes(claim(size), from, size); }
    template <class T> void put(const T& value) { std::memcpy(claim(sizeof value), &value, sizeof value); }
    /// Few things are long, so a byte is mostly enough.
    void put_size(std::size_t size) {
        if (size < 255)
            return put(static_cast<std::uint8_t>(size));
        put(std::uint8_t{255});
        put(static_cast<std::uint64_t>(size));
    }
    /// `length` bytes that can be read in place as elements of this alignment.
    void put_block(const void* from, std::size_t length, std::size_t alignment) {
        if (length >= block_limit && leave_beside(from, length))
            return;
        const std::size_t gap = (sizeof(Envelope) - size()) & (alignment - 1);
        std::memset(claim(gap), 0, gap);
        append(from, length);
    }
    /// The same of `n` elements behind their number.
    void put_run(const void* from, std::size_t n, std::size_t length, std::size_t alignment) {
        if (n >= 255 || length >= block_limit) [[unlikely]] {
            put_size(n);
            return put_block(from, length, alignment);
        }
        const std::size_t gap = (sizeof(Envelope) - 1 - size()) & (alignment - 1);
        std::byte* to = claim(1 + gap + length);
        *to++ = static_cast<std::byte>(n);
        for (const std::byte* const end = to + gap; to != end;) *to++ = std::byte{};
        copy_bytes(to, from, length);
    }
    /// Memory for `size` bytes to be written.
    std::byte* claim(std::size_t size) {
        if (size > static_cast<std::size_t>(end_ - cursor_)) [[unlikely]]
            grow(size);
        cursor_ += size;
        return cursor_ - size;
    }
    /// From here on blocks are copied too: a user's `save` may give what does not outlive it. Counted.
    void distrust(int more) noexcept { distrusted_ += more; }

    /// Completes the envelope; nothing can be written after.
    void seal(std::uint64_t type);

    /// The envelope and the bytes behind it.
    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(cursor_ - begin_); }
    [[nodiscard]] std::byte* data() const noexcept { return begin_; }
    [[nodiscard]] Envelope& envelope() const noexcept { return *reinterpret_cast<Envelope*>(begin_); }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {begin_ + sizeof(Envelope), cursor_}; }
    [[nodiscard]] const std::vector<Block>& blocks() const noexcept { return blocks_; }
    /// Whether all of it is one message.
    [[nodiscard]] bool is_inline() const noexcept { return size() <= inline_limit && blocks_.empty(); }
    /// Moves out of the caller's room, if it is there.
    void own();
    /// Copies the blocks, so that the object may go.
    void own_blocks();

private:
    Packing(std::byte* room, std::size_t size, Blocks blocks) noexcept
        : begin_(room), cursor_(room + (size == 0 ? 0 : sizeof(Envelope))), end_(room + size), distrusted_(blocks == Blocks::inside) {}
    void grow(std::size_t more);
    bool leave_beside(const void* from, std::size_t size);

    std::byte* begin_;
    std::byte* cursor_;
    std::byte* end_;
    int distrusted_;
    Bytes memory_;
    std::vector<Block> blocks_;
    std::vector<Bytes> copies_;
};

}  // namespace mpi4cxx::detail
