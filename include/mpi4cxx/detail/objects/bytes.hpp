// Memory for the bytes of objects.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

namespace MPI4CXX::detail {

/// Owned, uninitialized memory; a std::vector would initialize bytes that are overwritten anyway. Each thread keeps a few pieces for reuse, because
/// new memory costs a page fault every 4 KiB.
class MPI4CXX_API Bytes {
public:
    Bytes() noexcept = default;
    explicit Bytes(std::size_t size);
    /// Returns at least `size` bytes, and more if the thread has kept a larger piece: for contents that may grow.
    static Bytes at_least(std::size_t size);
    /// Returns memory of a size that a message claims. Throws Exception instead of std::bad_alloc.
    static Bytes claimed(std::size_t size);
    Bytes(Bytes&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)), capacity_(std::exchange(other.capacity_, 0)) {}
    Bytes& operator=(Bytes&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    ~Bytes() {
        if (data_ != nullptr)
            give_back();
    }

    [[nodiscard]] std::byte* data() noexcept { return data_; }
    [[nodiscard]] const std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    operator std::span<const std::byte>() const noexcept { return {data_, size_}; }

private:
    void give_back() noexcept;

    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

/// Copies like memcpy, without a function call for up to 16 bytes: most strings and numbers are no longer.
inline void copy_bytes(std::byte* to, const void* source, std::size_t size) noexcept {
    const auto* from = static_cast<const std::byte*>(source);
    if (size > 16) {
        std::memcpy(to, from, size);
    } else if (size >= 8) {  // two copies that may overlap
        std::memcpy(to, from, 8);
        std::memcpy(to + size - 8, from + size - 8, 8);
    } else if (size >= 4) {
        std::memcpy(to, from, 4);
        std::memcpy(to + size - 4, from + size - 4, 4);
    } else {
        for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
    }
}

}  // namespace MPI4CXX::detail
