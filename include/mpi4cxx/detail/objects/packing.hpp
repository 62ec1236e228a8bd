#pragma once

#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/objects/envelope.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace MPI4CXX::detail {

/// Contiguous data that stays where it lies until it is sent.
struct Block {
    const void* data;
    std::size_t size;
};

/// Memory for one message, on the stack or in a request.
struct InlineBuffer {
    InlineBuffer() noexcept {}  // leaves it as it is
    alignas(16) std::array<std::byte, inline_limit> bytes;
    std::array<std::byte, 16> guard;  // what a longer message may touch, see lib/communicators/object_recv.cpp
};

/// An object on its way out: its bytes behind an envelope, and the blocks beside them.
class MPI4CXX_API Packing {
public:
    enum class Blocks : char {
        inside,  ///< copied, so that the object may change at once
        beside,  ///< looked at until they are sent
    };

    Packing(InlineBuffer& room, Blocks blocks) noexcept : Packing(room.bytes.data(), room.bytes.size(), blocks) {}
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
        if (length >= block_limit && leave_out_of_band(from, length))
            return;
        const std::size_t gap = (sizeof(Envelope) - size()) & (alignment - 1);
        std::memset(claim(gap), 0, gap);
        append(from, length);
    }
    /// The same of `n` elements behind their number.
    template <std::size_t Alignment> [[gnu::always_inline]] void put_elements(const void* from, std::size_t n, std::size_t length) {
        if (n >= 255 || length >= block_limit) [[unlikely]]
            return put_many_elements(from, n, length, Alignment);
        const std::size_t gap = (sizeof(Envelope) - 1 - size()) & (Alignment - 1);
        std::byte* to = claim(1 + gap + length);
        *to++ = static_cast<std::byte>(n);
        if (Alignment > 1 && length >= 16)
            std::memset(to, 0, 16);  // the gap and some of what comes over it: so many take one instruction
        else
            for (std::size_t i = 0; i < gap; ++i) to[i] = std::byte{};
        copy_bytes(to + gap, from, length);
    }
    /// Memory for `size` bytes to be written.
    std::byte* claim(std::size_t size) {
        if (size > static_cast<std::size_t>(end_ - cursor_)) [[unlikely]]
            grow(size);
        cursor_ += size;
        return cursor_ - size;
    }
    /// Whether what begins here is known to stay where it is until it is sent. What begins within an object lies within it.
    [[nodiscard]] bool is_stable(const void* object) const noexcept {
        return reinterpret_cast<std::uintptr_t>(object) - stable_.begin < stable_.size;
    }
    [[nodiscard]] bool is_stable(const void* data, std::size_t size) const noexcept {
        return is_stable(data) && size <= stable_.size - (reinterpret_cast<std::uintptr_t>(data) - stable_.begin);
    }

    /// Throws std::invalid_argument: of this object nothing can be sent.
    [[noreturn]] static void refuse(const char* why);
    /// The same of a class that is not registered.
    [[noreturn]] static void refuse_hierarchy(const char* why);

    /// Completes the envelope; nothing can be written after.
    void seal(std::uint64_t type) {
        const std::uint32_t blocks = out_of_band_ == nullptr ? 0 : put_block_sizes();
        envelope() = {.blocks = blocks & 0x3fffffff, .type = type, .length = size() - sizeof(Envelope)};
    }

    /// The envelope and the bytes behind it.
    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(cursor_ - begin_); }
    [[nodiscard]] std::byte* data() const noexcept { return begin_; }
    [[nodiscard]] Envelope& envelope() const noexcept { return *reinterpret_cast<Envelope*>(begin_); }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {begin_ + sizeof(Envelope), cursor_}; }
    [[nodiscard]] std::span<const Block> blocks() const noexcept;
    /// Whether all of it is one message.
    [[nodiscard]] bool is_inline() const noexcept { return size() <= inline_limit && out_of_band_ == nullptr; }
    /// Moves out of the caller's room, if it is there.
    void own();
    /// Copies the blocks, so that the object may go.
    void copy_blocks();

private:
    friend class StableMemory;

    struct Range {
        std::uintptr_t begin;
        std::size_t size;
    };

    Packing(std::byte* room, std::size_t size, Blocks blocks) noexcept
        : begin_(room), cursor_(room + (size == 0 ? 0 : sizeof(Envelope))), end_(room + size), stable_{0, blocks == Blocks::beside ? SIZE_MAX : 0} {}
    void grow(std::size_t more);
    bool leave_out_of_band(const void* from, std::size_t size);
    void put_many_elements(const void* from, std::size_t n, std::size_t length, std::size_t alignment);
    std::uint32_t put_block_sizes();

    struct OutOfBand;  // what most objects have nothing of
    struct Delete {
        MPI4CXX_API void operator()(OutOfBand* beside) const noexcept;
    };

    std::byte* begin_;
    std::byte* cursor_;
    std::byte* end_;
    Range stable_;
    Bytes memory_;
    std::unique_ptr<OutOfBand, Delete> out_of_band_;
};

}  // namespace MPI4CXX::detail
