#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

namespace mpi4cxx::detail {

/// Owned, uninitialized memory that grows at its end; a std::vector would first set what is then overwritten.
class Bytes {
public:
    Bytes() noexcept = default;
    explicit Bytes(std::size_t size) : data_(std::make_unique_for_overwrite<std::byte[]>(size)), size_(size), capacity_(size) {}
    Bytes(Bytes&& other) noexcept
        : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)), capacity_(std::exchange(other.capacity_, 0)) {}
    Bytes& operator=(Bytes&& other) noexcept {
        data_ = std::move(other.data_);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
        return *this;
    }
    ~Bytes() = default;

    [[nodiscard]] std::byte* data() noexcept { return data_.get(); }
    [[nodiscard]] const std::byte* data() const noexcept { return data_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    operator std::span<const std::byte>() const noexcept { return {data_.get(), size_}; }

    void append(const void* from, std::size_t size) {
        if (size == 0)
            return;
        if (size > capacity_ - size_)
            grow(size_ + size);
        std::memcpy(data_.get() + size_, from, size);
        size_ += size;
    }

private:
    void grow(std::size_t size) {
        const std::size_t capacity = size < 2 * capacity_ ? 2 * capacity_ : size < 256 ? 256 : size;
        auto data = std::make_unique_for_overwrite<std::byte[]>(capacity);
        if (size_ != 0)
            std::memcpy(data.get(), data_.get(), size_);
        data_ = std::move(data);
        capacity_ = capacity;
    }

    std::unique_ptr<std::byte[]> data_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace mpi4cxx::detail
