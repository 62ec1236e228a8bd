// Makes a container longer without initializing elements that are overwritten anyway.
#pragma once

#include <mpi4cxx/detail/mpi/huge_pages.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace MPI4CXX::detail {

/// Makes room for `n` elements that are all to be overwritten: old ones are not kept.
template <class C> void reserve_to_overwrite(C& elements, std::size_t n) {
    if constexpr (requires { C(elements.get_allocator()).reserve(elements.capacity()), elements.data(); })
        if (n > elements.capacity()) {
            elements = C(elements.get_allocator());  // an empty container moves no elements when it grows
            elements.reserve(n);
            prefer_huge_pages(elements.data(), n * sizeof(typename C::value_type));
        }
}

/// Resizes `elements` to `n` elements that are all to be overwritten. Old elements are not kept, and new ones are not initialized where the standard
/// library allows that. Initializing 8 MB takes as long as receiving them.
template <class E, class A>
    requires(!std::is_same_v<E, bool>)
void resize_to_overwrite(std::vector<E, A>& elements, std::size_t n) {
    reserve_to_overwrite(elements, n);
#if defined(__GLIBCXX__) && !defined(_GLIBCXX_DEBUG) && !defined(_GLIBCXX_SANITIZE_VECTOR)
    // Trivial elements exist as soon as their memory is allocated (C++20, [intro.object]), so only the size has to be set.
    if constexpr (std::is_same_v<A, std::allocator<E>> && std::is_trivially_copyable_v<E> && std::is_trivially_default_constructible_v<E>) {
        struct Access : std::vector<E, A> {
            static void set_size(std::vector<E, A>& vector, std::size_t size) {
                auto& data = vector.*&Access::_M_impl;
                data._M_finish = data._M_start + size;
            }
        };
        return Access::set_size(elements, n);
    }
#endif
    elements.resize(n);
}

template <class C> void resize_to_overwrite(C& elements, std::size_t n) {
    reserve_to_overwrite(elements, n);
    elements.resize(n);
}

}  // namespace MPI4CXX::detail
