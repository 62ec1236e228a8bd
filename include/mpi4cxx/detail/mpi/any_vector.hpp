#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>
#include <mpi4cxx/detail/mpi/resize_to_overwrite.hpp>

#include <cstddef>
#include <type_traits>
#include <vector>

namespace MPI4CXX::detail {

/// A vector of the caller's that a compiled function fills. No container of the standard library crosses the boundary of the shared library: with
/// -D_GLIBCXX_DEBUG each is another class, and of another size.
struct AnyVector {
    void* vector;
    void* (*resize)(void*, std::size_t);  ///< returns where the elements lie

    template <class T> AnyVector(std::vector<T>& elements) : vector(&elements), resize(&grow<T>) {
        static_assert(!std::is_same_v<T, bool>, "mpi4cxx: the elements of std::vector<bool> do not lie in a row: receive them as char");
    }
    /// Makes room for `size` elements, and returns where they lie.
    [[nodiscard]] void* operator()(std::size_t size) const { return resize(vector, size); }
    /// Makes room for `size` elements of type T, which are the vector's.
    template <class T> [[nodiscard]] T* room(std::size_t size) const { return static_cast<T*>(resize(vector, size)); }

private:
    template <class T> static void* grow(void* elements, std::size_t size) {
        auto& result = *static_cast<std::vector<T>*>(elements);
        resize_to_overwrite(result, size);
        return result.data();
    }
};

}  // namespace MPI4CXX::detail
