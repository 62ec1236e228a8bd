// The incoming bytes of an object.
#pragma once

#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/objects/envelope.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace MPI4CXX::detail {

/// Returns the lowest address that the stack may reach while an object is read.
[[nodiscard]] MPI4CXX_API std::uintptr_t stack_end();

/// The incoming bytes of an object. All bytes are checked; invalid ones make it throw Exception.
class MPI4CXX_API Unpacking {
public:
    Unpacking() noexcept = default;
    explicit Unpacking(std::span<const std::byte> bytes, std::size_t blocks = 0) { open(bytes, blocks); }
    virtual ~Unpacking() = default;
    Unpacking(const Unpacking&) = delete;
    Unpacking& operator=(const Unpacking&) = delete;

    /// Begins to read these bytes, which end with the sizes of `blocks` blocks.
    void open(std::span<const std::byte> bytes, std::size_t blocks) {
        begin_ = cursor_ = bytes.data();
        here_ = end_ = begin_ + bytes.size();
        reservable_ = 64 * bytes.size();
        if (blocks != 0) [[unlikely]]
            open_blocks(blocks);
    }

    /// Returns the next `size` bytes, and waits for them if they have not come yet.
    const std::byte* take(std::size_t size) {
        if (size > bytes_left()) [[unlikely]]
            wait_for(size);
        cursor_ += size;
        return cursor_ - size;
    }
    void read(void* to, std::size_t size) {
        const std::byte* const from = take(size);
        copy_bytes(static_cast<std::byte*>(to), from, size);
    }
    template <class T> T get() {
        T value;
        std::memcpy(&value, take(sizeof value), sizeof value);
        return value;
    }
    bool get_bool() {
        const auto byte = get<std::uint8_t>();
        if (byte > 1) [[unlikely]]
            corrupt("a bool is neither true nor false");
        return byte != 0;
    }
    /// Reads a number of elements, each of which takes at least `least` bytes of the message.
    std::size_t get_size(std::size_t least) {
        std::size_t size = get<std::uint8_t>();
        if (size == 255)
            size = get<std::uint64_t>();
        if (size > remaining() / least) [[unlikely]]
            corrupt("a container is said to be longer than the message");
        return size;
    }
    /// Returns whether memory for `n` elements of `each` bytes may be allocated before they are read. The total of such memory is limited in
    /// proportion to the message, because each of many nested containers could claim all that is left of the message.
    bool may_reserve(std::size_t n, std::size_t each) noexcept {
        if (n > reservable_ / each)
            return false;
        reservable_ -= n * each;
        return true;
    }
    /// Takes elements that Packing::put_elements has written, and their number. Returns nullptr and takes nothing if they are many, have not come
    /// yet, or are not aligned.
    template <class E> const E* take_few_elements(std::size_t& n, std::size_t alignment) noexcept {
        const std::size_t gap = static_cast<std::size_t>(begin_ - cursor_ - 1) & (alignment - 1), left = bytes_left();
        if (left == 0)
            return nullptr;
        n = static_cast<std::size_t>(*cursor_);
        const std::size_t size = 1 + gap + n * sizeof(E);
        const std::byte* const elements = cursor_ + 1 + gap;
        if (n == 255 || size > left || n * sizeof(E) >= block_limit || reinterpret_cast<std::uintptr_t>(elements) % alignof(E) != 0) [[unlikely]]
            return nullptr;
        cursor_ += size;
        return reinterpret_cast<const E*>(elements);
    }
    /// Takes at most `most` bytes that put_elements has written, and their number. Returns nullptr and takes nothing if there are more, or if `most`
    /// bytes cannot be read.
    const std::byte* take_short_bytes(std::size_t& n, std::size_t most) noexcept {
        if (bytes_left() <= most)
            return nullptr;
        n = static_cast<std::size_t>(*cursor_);
        if (n > most)
            return nullptr;
        cursor_ += 1 + n;
        return cursor_ - n;
    }
    /// Takes bytes that Packing::put_block has written. Returns nullptr if they are an out-of-band block, which is to be received.
    const std::byte* take_block(std::size_t size, std::size_t alignment) {
        if (size >= block_limit && get_bool())
            return nullptr;
        take(-static_cast<std::size_t>(cursor_ - begin_) & (alignment - 1));
        return take(size);
    }
    /// Receives the next block into its place.
    void receive_block(void* to, std::size_t size);

    /// Returns the address of the next bytes.
    [[nodiscard]] const std::byte* position() const noexcept { return cursor_; }
    /// Returns how many bytes have come and are not read yet.
    [[nodiscard]] std::size_t bytes_left() const noexcept { return static_cast<std::size_t>(here_ - cursor_); }
    /// Returns the number of bytes, those of blocks included, that are not read yet.
    [[nodiscard]] std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - cursor_) + block_bytes_; }
    /// Throws Exception if any bytes or blocks are left.
    void finish() const {
        if (cursor_ != end_ || blocks_ != 0) [[unlikely]]
            corrupt("bytes are left over");
    }
    /// Throws Exception: the bytes are no such object.
    [[noreturn]] static void corrupt(const char* what);
    /// Throws Exception: there is no memory for the size that a message claims.
    [[noreturn]] static void too_large(std::size_t size);

protected:
    /// Says that no bytes have come yet: receive_piece() receives them.
    void expect_bytes() noexcept { here_ = begin_; }
    [[nodiscard]] bool expects_bytes() const noexcept { return here_ != end_; }
    void take_piece();
    /// Returns the size of the next block, and counts it as received.
    std::size_t next_block();
    [[nodiscard]] std::size_t blocks_left() const noexcept { return blocks_; }

private:
    void open_blocks(std::size_t blocks);
    void wait_for(std::size_t size);
    /// Receives a piece of the `size` bytes from `begin` on. Returns the number of bytes received.
    virtual std::size_t receive_piece(std::size_t begin, std::size_t size);
    /// Receives the next block into `to`.
    virtual void receive(void* to, std::size_t size);

    const std::byte* begin_ = nullptr;
    const std::byte* cursor_ = nullptr;
    const std::byte* here_ = nullptr;  // the end of the bytes that have come
    const std::byte* end_ = nullptr;   // the end of all bytes; the sizes of the blocks follow
    std::size_t blocks_ = 0;
    std::size_t block_bytes_ = 0;
    std::size_t reservable_ = 0;
    const std::byte* sizes_ = nullptr;
};

}  // namespace MPI4CXX::detail
