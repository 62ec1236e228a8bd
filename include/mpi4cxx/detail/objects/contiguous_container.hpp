// Writes and reads contiguous containers of values of fixed size.
#pragma once

#include <mpi4cxx/detail/mpi/resize_to_overwrite.hpp>
#include <mpi4cxx/detail/objects/fixed_size.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

namespace MPI4CXX::detail {

template <class C> inline constexpr bool is_contiguous_container = false;
template <class E, class A> inline constexpr bool is_contiguous_container<std::vector<E, A>> = FixedSize<E> && !std::is_same_v<E, bool>;
template <class E, class Traits, class A> inline constexpr bool is_contiguous_container<std::basic_string<E, Traits, A>> = true;

/// The alignment of elements in a message.
template <class E> inline constexpr std::size_t contiguous_alignment = std::min(alignof(E), std::size_t{16});

/// A contiguous container of values of fixed size.
template <class C>
concept ContiguousContainer = is_contiguous_container<C>;

/// Writes a ContiguousContainer, or a view of elements that one could hold.
template <class C> [[gnu::always_inline]] inline void write_contiguous(Packing& to, const C& elements) {
    using E = std::remove_cv_t<std::remove_pointer_t<decltype(elements.data())>>;
    if constexpr (SameBytesInMemory<E>) {
        to.put_elements<contiguous_alignment<E>>(elements.data(), elements.size(), elements.size() * sizeof(E));
    } else {
        to.put_size(elements.size());
        std::byte* end = to.claim(elements.size() * layout<E>().size);
        for (const E& element : elements) end = write_fixed(end, element);
    }
}

/// Returns whether elements in a message are aligned, so that they can be used there.
template <class E> bool is_aligned(const std::byte* elements) {
    return alignof(E) == 1 || reinterpret_cast<std::uintptr_t>(elements) % alignof(E) == 0;
}

/// Reads a container of any length, and reuses its memory.
template <class C> void read_long_contiguous(Unpacking& from, C& elements) {
    using E = typename C::value_type;
    if constexpr (SameBytesInMemory<E>) {
        const std::size_t n = from.get_size(sizeof(E));
        const std::byte* const bytes = from.take_block(n * sizeof(E), contiguous_alignment<E>);
        if (bytes != nullptr && is_aligned<E>(bytes)) {
            const E* const first = reinterpret_cast<const E*>(bytes);
            if (n * sizeof(E) >= huge_from) [[unlikely]]
                reserve_to_overwrite(elements, n);
            elements.assign(first, first + n);  // does not initialize the elements before it copies them
            return;
        }
        try {
            resize_to_overwrite(elements, n);
        } catch (const std::bad_alloc&) {
            Unpacking::too_large(n * sizeof(E));
        }
        if (bytes == nullptr)
            from.receive_block(elements.data(), n * sizeof(E));
        else
            std::memcpy(static_cast<void*>(elements.data()), bytes, n * sizeof(E));
    } else {
        const std::size_t n = from.get_size(layout<E>().size);
        const std::byte* bytes = from.take(n * layout<E>().size);
        resize_to_overwrite(elements, n);
        for (E& element : elements) bytes = read_fixed(bytes, element);
    }
}
template <class C> C make_long_contiguous(Unpacking& from) {
    C elements;
    read_long_contiguous(from, elements);
    return elements;
}

/// The most characters that a string holds without memory from the heap; 0 for other containers.
template <class C> inline constexpr std::size_t short_length = 0;
template <> inline constexpr std::size_t short_length<std::string> = 15;

/// Returns a string of the first `n` of `short_length` characters. Copying `short_length` bytes takes two instructions; copying `n` takes a call.
template <class C> [[gnu::always_inline]] inline C short_string(const std::byte* characters, std::size_t n) {
    C string(reinterpret_cast<const typename C::value_type*>(characters), short_length<C>);
    string.resize(n);
    return string;
}

/// Reads a container, and reuses its memory.
template <ContiguousContainer C> void read_contiguous(Unpacking& from, C& elements) {
    if constexpr (short_length < C >> 0) {
        std::size_t n = 0;
        if (const std::byte* const bytes = from.take_short_bytes(n, short_length<C>); bytes != nullptr) {
            if (n > elements.size())
                return void(elements = short_string<C>(bytes, n));
            elements.resize(n);
            return copy_bytes(reinterpret_cast<std::byte*>(elements.data()), bytes, n);
        }
    }
    read_long_contiguous(from, elements);
}

/// Reads a new container of any length.
template <class C> [[gnu::noinline]] C make_any_contiguous(Unpacking& from) {
    using E = typename C::value_type;
    if constexpr (SameBytesInMemory<E>) {
        std::size_t n = 0;
        if (const E* const first = from.take_few_elements<E>(n, contiguous_alignment<E>); first != nullptr) [[likely]]
            return C(first, first + n);
    }
    return make_long_contiguous<C>(from);
}

/// Reads a new container, which is constructed from its elements. Constructing it empty and assigning to it costs twice as much for few elements.
template <ContiguousContainer C> [[gnu::always_inline]] inline C make_contiguous(Unpacking& from) {
    if constexpr (short_length < C >> 0) {
        std::size_t n = 0;
        if (const std::byte* const bytes = from.take_short_bytes(n, short_length<C>); bytes != nullptr) [[likely]]
            return short_string<C>(bytes, n);
    }
    return make_any_contiguous<C>(from);
}

}  // namespace MPI4CXX::detail
