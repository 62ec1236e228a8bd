#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace MPI4CXX::detail {

/// Makes `elements` `n` long, for all to be overwritten: what it holds is not kept, and new elements are not set where the
/// standard library lets that be skipped. Setting 8 MB takes as long as receiving them.
template <class E, class A> void resize_to_overwrite(std::vector<E, A>& elements, std::size_t n) {
    if (n > elements.capacity()) {
        elements = std::vector<E, A>(elements.get_allocator());  // nothing that it holds has to move
        elements.reserve(n);
    }
#if defined(__GLIBCXX__) && !defined(_GLIBCXX_DEBUG) && !defined(_GLIBCXX_SANITIZE_VECTOR)
    // A trivial element begins its life with the memory (C++20, [intro.object]); what is left is to tell the vector.
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

template <class C> void resize_to_overwrite(C& elements, std::size_t n) { elements.resize(n); }

}  // namespace MPI4CXX::detail
