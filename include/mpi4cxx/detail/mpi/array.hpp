#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

namespace MPI4CXX::detail {

/// An array whose size is known when it is made: the member of classes that the shared library and its users both look into, where a std::vector
/// would be another class with -D_GLIBCXX_DEBUG.
template <class T> class Array {
public:
    Array() noexcept = default;
    explicit Array(std::size_t size) : elements_(size == 0 ? nullptr : new T[size]()), size_(size) {}
    Array(const Array& other) : Array(other.size_) { std::copy(other.begin(), other.end(), begin()); }
    Array(Array&& other) noexcept : elements_(std::move(other.elements_)), size_(std::exchange(other.size_, 0)) {}
    Array& operator=(Array other) noexcept {
        elements_ = std::move(other.elements_);
        size_ = other.size_;
        return *this;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] T* data() noexcept { return elements_.get(); }
    [[nodiscard]] const T* data() const noexcept { return elements_.get(); }
    [[nodiscard]] T& operator[](std::size_t i) noexcept { return elements_[i]; }
    [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return elements_[i]; }
    [[nodiscard]] T* begin() noexcept { return data(); }
    [[nodiscard]] const T* begin() const noexcept { return data(); }
    [[nodiscard]] T* end() noexcept { return data() + size_; }
    [[nodiscard]] const T* end() const noexcept { return data() + size_; }
    /// Keeps the first `size` elements.
    void shrink(std::size_t size) noexcept { size_ = size; }

private:
    std::unique_ptr<T[]> elements_;
    std::size_t size_ = 0;
};

}  // namespace MPI4CXX::detail
