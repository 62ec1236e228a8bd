// What glibc does with freed memory.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <algorithm>
#include <cstddef>
#include <new>

namespace MPI4CXX::detail {

/// Has glibc keep freed memory of this size for the next objects. At the end of the heap, it keeps up to twice the largest mapping that has been
/// freed, and gives the rest back to the system, so that the next objects pay for page faults. This function frees a mapping.
inline void keep_freed_memory(std::size_t size) noexcept {
    constexpr std::size_t first_mapped = 128 << 10, largest = 31 << 20;  // glibc looks at none of more than 32 MiB
    if (size >= first_mapped)
        ::operator delete(::operator new(std::min(size, largest), std::nothrow));
}

}  // namespace MPI4CXX::detail
