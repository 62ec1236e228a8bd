#pragma once

#include <mpi4cxx/detail/objects/bytes.hpp>
#include <mpi4cxx/detail/objects/envelope.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace MPI4CXX::detail {

/// The address that the stack may reach while an object is read.
[[nodiscard]] MPI4CXX_API std::uintptr_t stack_end();

/// An object's bytes on their way in. Nothing is believed: what they cannot be is thrown as an Exception.
class MPI4CXX_API Unpacking {
public:
    Unpacking() noexcept = default;
    explicit Unpacking(std::span<const std::byte> bytes, std::size_t blocks = 0) { open(bytes, blocks); }
    virtual ~Unpacking() = default;
    Unpacking(const Unpacking&) = delete;
    Unpacking& operator=(const Unpacking&) = delete;

    /// The sizes of `blocks` blocks stand at the end of the bytes.
    void open(std::span<const std::byte> bytes, std::size_t blocks) {
        begin_ = cursor_ = bytes.data();
        here_ = end_ = begin_ + bytes.size();
        reservable_ = 64 * bytes.size();
        if (blocks != 0) [[unlikely]]
            open_blocks(blocks);
    }

    /// The next `size` bytes.
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
    /// A number of elements, each of which takes `least` bytes of the message at least.
    std::size_t get_size(std::size_t least) {
        std::size_t size = get<std::uint8_t>();
        if (size == 255)
            size = get<std::uint64_t>();
        if (size > remaining() / least) [[unlikely]]
            corrupt("a container is said to be longer than the message");
        return size;
    }
    /// Whether `n` elements of `each` bytes may have their memory before they are read. All that is given so is in proportion
    /// to the message: containers within containers could each claim as much as is left of it.
    bool may_reserve(std::size_t n, std::size_t each) noexcept {
        if (n > reservable_ / each)
            return false;
        reservable_ -= n * each;
        return true;
    }
    /// What Packing::put_elements has written, if that is short, here, and can be used where it lies; else nullptr, and nothing is taken.
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
    /// The same of at most `most` bytes, where so many can be read.
    const std::byte* take_short_bytes(std::size_t& n, std::size_t most) noexcept {
        if (bytes_left() <= most)
            return nullptr;
        n = static_cast<std::size_t>(*cursor_);
        if (n > most)
            return nullptr;
        cursor_ += 1 + n;
        return cursor_ - n;
    }
    /// What Packing::put_block has written: the next bytes, or nullptr where a block is to be received.
    const std::byte* take_block(std::size_t size, std::size_t alignment) {
        if (size >= block_limit && get_bool())
            return nullptr;
        take(-static_cast<std::size_t>(cursor_ - begin_) & (alignment - 1));
        return take(size);
    }
    /// The block, into its place.
    void receive_block(void* to, std::size_t size);

    /// Where the next bytes are.
    [[nodiscard]] const std::byte* position() const noexcept { return cursor_; }
    /// How many bytes are here to be read.
    [[nodiscard]] std::size_t bytes_left() const noexcept { return static_cast<std::size_t>(here_ - cursor_); }
    /// Bytes and blocks that are to come.
    [[nodiscard]] std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - cursor_) + block_bytes_; }
    /// Throws if there are any.
    void finish() const {
        if (cursor_ != end_ || blocks_ != 0) [[unlikely]]
            corrupt("bytes are left over");
    }
    [[noreturn]] static void corrupt(const char* what);
    /// What is thrown where there is no memory for what a message says that it has.
    [[noreturn]] static void too_large(std::size_t size);

protected:
    /// The bytes are still to come, by receive_piece().
    void expect_bytes() noexcept { here_ = begin_; }
    [[nodiscard]] bool expects_bytes() const noexcept { return here_ != end_; }
    void take_piece();
    /// The size of the next block, which is then no longer to come.
    std::size_t next_block();
    [[nodiscard]] std::size_t blocks_left() const noexcept { return blocks_; }

private:
    void open_blocks(std::size_t blocks);
    void wait_for(std::size_t size);
    /// Receives a piece of the `size` bytes from `begin` on. Returns how many have come.
    virtual std::size_t receive_piece(std::size_t begin, std::size_t size);
    /// Moves the next block to `to`.
    virtual void receive(void* to, std::size_t size);

    const std::byte* begin_ = nullptr;
    const std::byte* cursor_ = nullptr;
    const std::byte* here_ = nullptr;  // the end of those that have come
    const std::byte* end_ = nullptr;   // of the bytes; the blocks' sizes follow
    std::size_t blocks_ = 0;
    std::size_t block_bytes_ = 0;
    std::size_t reservable_ = 0;
    const std::byte* sizes_ = nullptr;
};

}  // namespace MPI4CXX::detail
