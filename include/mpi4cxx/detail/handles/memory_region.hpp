// Memory as a parameter: its address and its size in bytes.
#pragma once

#include <mpi4cxx/buffer_traits.hpp>
#include <mpi4cxx/detail/mpi/count_list.hpp>

namespace MPI4CXX::detail {

template <class T> auto* bytes_of(T& value) {
    if constexpr (Contiguous<T>)
        return std::ranges::data(value);
    else
        return &value;
}

/// A type whose objects can be seen as bytes: it contains no std::string and has no virtual function.
template <class T>
concept Seen = !ShapedArray<T> && std::is_trivially_copy_constructible_v<T> && std::is_trivially_destructible_v<T> && !std::is_pointer_v<T>;

/// Memory to read, whatever its type: a contiguous range, one object, or `{address, bytes}`.
struct ConstMemoryRegion {
    const void* data = nullptr;
    MPI_Count bytes = 0;

    ConstMemoryRegion() noexcept = default;
    template <class N>
        requires(std::is_integral_v<N>)
    ConstMemoryRegion(const void* address, N size)
    noexcept : data(address), bytes(static_cast<MPI_Count>(size)) {}
    template <class T>
        requires(!std::is_base_of_v<ConstMemoryRegion, T>)
    ConstMemoryRegion(const T& value) : data(bytes_of(value)), bytes(size_of(value)) {
        using Element = std::remove_cv_t<std::remove_pointer_t<decltype(bytes_of(value))>>;
        static_assert(Seen<Element>, "mpi4cxx: the elements of this cannot be seen as bytes: name the memory by {address, bytes}");
    }

    template <class T> static MPI_Count size_of(const T& value) {
        if constexpr (Contiguous<const T>)
            return static_cast<MPI_Count>(length_of(value) * sizeof(element_of<const T>));
        else
            return sizeof(T);
    }
};

/// Memory to write, given in the same ways.
struct MemoryRegion {
    void* data = nullptr;
    MPI_Count bytes = 0;

    MemoryRegion() noexcept = default;
    template <class N>
        requires(std::is_integral_v<N>)
    MemoryRegion(void* address, N size)
    noexcept : data(address), bytes(static_cast<MPI_Count>(size)) {}
    template <class T>
        requires(!std::is_base_of_v<MemoryRegion, std::remove_cvref_t<T>>)
    MemoryRegion(T&& value) : data(writable(bytes_of(value))), bytes(ConstMemoryRegion(value).bytes) {}

private:
    template <class E> static void* writable(E* elements) {
        static_assert(!std::is_const_v<E>, "mpi4cxx: this memory is to be written, but it is const");
        return const_cast<std::remove_const_t<E>*>(elements);
    }
};

}  // namespace MPI4CXX::detail
