// The outgoing bytes of an object.
#pragma once

#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/objects/envelope.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace MPI4CXX::detail {

/// Contiguous data that is sent from where it is.
struct Block {
    const void* data;
    std::size_t size;
};

/// Memory for one message, on the stack or in a request.
struct InlineBuffer {
    InlineBuffer() noexcept {}  // leaves the bytes uninitialized
    alignas(16) std::array<std::byte, inline_limit> bytes;
    std::array<std::byte, 16> guard;  // may be overwritten by a longer message, see lib/communicators/object_recv.cpp
};

/// An outgoing object: an envelope, the bytes behind it, and the out-of-band blocks.
class MPI4CXX_API Packing {
public:
    enum class Blocks : char {
        inside,  ///< copied into the bytes, so that the object may change at once
        beside,  ///< out of band: read from the object until they are sent
        owned,   ///< as beside, for an object that the message keeps; but others may change what it shares with them
    };

    /// The memory that an object begins with, in bytes. Most objects need no more, and an alltoall packs one for each process.
    static constexpr std::size_t first_size = 1024;

    Packing(InlineBuffer& room, Blocks blocks) noexcept : Packing(room.bytes.data(), room.bytes.size(), blocks) {}
    explicit Packing(Blocks blocks) : Packing(nullptr, 0, blocks) { grow(first_size - sizeof(Envelope)); }
    Packing(Packing&&) noexcept = default;
    Packing& operator=(Packing&&) noexcept = default;
    ~Packing() = default;

    void append(const void* from, std::size_t size) { copy_bytes(claim(size), from, size); }
    template <class T> void put(const T& value) { std::memcpy(claim(sizeof value), &value, sizeof value); }
    /// Writes a number of elements: in one byte if it is less than 255.
    void put_size(std::size_t size) {
        if (size < 255)
            return put(static_cast<std::uint8_t>(size));
        put(std::uint8_t{255});
        put(static_cast<std::uint64_t>(size));
    }
    /// Writes `length` bytes, aligned so that they can be read in place. From `block_limit` on they may be left out of band.
    void put_block(const void* from, std::size_t length, std::size_t alignment) {
        if (length >= block_limit && leave_out_of_band(from, length))
            return;
        const std::size_t gap = (sizeof(Envelope) - size()) & (alignment - 1);
        std::memset(claim(gap), 0, gap);
        append(from, length);
    }
    /// Writes the number `n` of elements and then, as put_block, their `length` bytes.
    template <std::size_t Alignment> [[gnu::always_inline]] void put_elements(const void* from, std::size_t n, std::size_t length) {
        if (n >= 255 || length >= block_limit) [[unlikely]]
            return put_many_elements(from, n, length, Alignment);
        const std::size_t gap = (sizeof(Envelope) - 1 - size()) & (Alignment - 1);
        std::byte* to = claim(1 + gap + length);
        *to++ = static_cast<std::byte>(n);
        if (Alignment > 1 && length >= 16)
            std::memset(to, 0, 16);  // the gap, and bytes that are overwritten next: 16 bytes take one instruction
        else
            for (std::size_t i = 0; i < gap; ++i) to[i] = std::byte{};
        copy_bytes(to + gap, from, length);
    }
    /// Returns memory for the next `size` bytes.
    std::byte* claim(std::size_t size) {
        if (size > static_cast<std::size_t>(end_ - cursor_)) [[unlikely]]
            grow(size);
        cursor_ += size;
        return cursor_ - size;
    }
    /// Returns whether this memory stays unchanged until it is sent. What begins within a stable object is assumed to end within it.
    [[nodiscard]] bool is_stable(const void* object) const noexcept {
        return reinterpret_cast<std::uintptr_t>(object) - stable_.begin < stable_.size;
    }
    [[nodiscard]] bool is_stable(const void* data, std::size_t size) const noexcept {
        return is_stable(data) && size <= stable_.size - (reinterpret_cast<std::uintptr_t>(data) - stable_.begin);
    }

    /// Returns whether the object is kept by the message.
    [[nodiscard]] bool owns_object() const noexcept { return owns_object_; }

    // A user's function may change or destroy what it has given to the archive, whose blocks are read later.

    [[nodiscard]] std::size_t number_of_blocks() const noexcept { return out_of_band_ == nullptr ? 0 : blocks().size(); }
    /// Remembers the last block, which holds the elements of `container`.
    void watch(const void* container, const void* (*elements_of)(const void*));
    /// Returns how many blocks are being watched.
    [[nodiscard]] std::size_t watched() const noexcept { return out_of_band_ == nullptr ? 0 : count_watched(); }
    /// Throws std::invalid_argument if one of the blocks that are watched, but the first `number`, has changed. Ends the watch of these.
    void check_watched(std::size_t number) {
        if (out_of_band_ != nullptr) [[unlikely]]
            check_blocks(number);
    }

    /// Throws std::invalid_argument: this object cannot be sent.
    [[noreturn]] static void refuse(const char* why);
    /// Throws std::invalid_argument: the class of this object is not registered.
    [[noreturn]] static void refuse_hierarchy(const char* why);

    /// Completes the envelope. Nothing can be written afterwards.
    void seal(std::uint64_t type) {
        const std::uint32_t blocks = out_of_band_ == nullptr ? 0 : put_block_sizes();
        envelope() = {.type = type, .length = size() - sizeof(Envelope), .blocks = blocks & 0x1fffffff};
    }

    /// Returns the size of the envelope and the bytes behind it.
    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(cursor_ - begin_); }
    [[nodiscard]] std::byte* data() const noexcept { return begin_; }
    [[nodiscard]] Envelope& envelope() const noexcept { return *reinterpret_cast<Envelope*>(begin_); }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {begin_ + sizeof(Envelope), cursor_}; }
    [[nodiscard]] std::span<const Block> blocks() const noexcept;
    /// Returns whether the whole object fits one message.
    [[nodiscard]] bool is_inline() const noexcept { return size() <= inline_limit && out_of_band_ == nullptr; }
    /// Returns that message, which begins within the envelope.
    [[nodiscard]] std::span<const std::byte> short_message() const noexcept {
        std::byte* const begin = begin_ + sizeof(Envelope) - Envelope::short_size;
        Envelope::write_short(begin, envelope().type, envelope().length);
        return {begin, cursor_};
    }
    /// Moves the bytes out of the caller's InlineBuffer, if they are there.
    void own();
    /// Copies the blocks, so that the object may be destroyed.
    void copy_blocks();

private:
    friend class StableMemory;

    struct Range {
        std::uintptr_t begin;
        std::size_t size;
    };

    Packing(std::byte* room, std::size_t size, Blocks blocks) noexcept
        : begin_(room), cursor_(room + (size == 0 ? 0 : sizeof(Envelope))), end_(room + size), stable_{0, blocks == Blocks::inside ? 0 : SIZE_MAX},
          owns_object_(blocks == Blocks::owned) {}
    void grow(std::size_t more);
    bool leave_out_of_band(const void* from, std::size_t size);
    [[nodiscard]] std::size_t count_watched() const noexcept;
    void check_blocks(std::size_t number);
    void put_many_elements(const void* from, std::size_t n, std::size_t length, std::size_t alignment);
    std::uint32_t put_block_sizes();

    struct OutOfBand;  // allocated only for objects that have blocks
    struct Delete {
        MPI4CXX_API void operator()(OutOfBand* beside) const noexcept;
    };

    std::byte* begin_;
    std::byte* cursor_;
    std::byte* end_;
    Range stable_;
    bool owns_object_;
    Bytes memory_;
    std::unique_ptr<OutOfBand, Delete> out_of_band_;
};

}  // namespace MPI4CXX::detail
