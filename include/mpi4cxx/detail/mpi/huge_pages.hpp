// Large memory in huge pages: the first touch of a page costs as much as copying several KiB, and a huge page is 512 pages.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstddef>

namespace MPI4CXX::detail {

/// Memory of so many bytes and more is asked to lie in huge pages. Below, the memory that a page holds in vain would count.
inline constexpr std::size_t huge_from = 4 << 20;

/// Asks the kernel to put the huge pages that lie in `[begin, begin + size)` into that memory, which nobody has touched yet.
MPI4CXX_API void ask_for_huge_pages(void* begin, std::size_t size) noexcept;

/// Asks for huge pages if `size` is large.
inline void prefer_huge_pages(void* begin, std::size_t size) noexcept {
    if (size >= huge_from) [[unlikely]]
        ask_for_huge_pages(begin, size);
}

}  // namespace MPI4CXX::detail
