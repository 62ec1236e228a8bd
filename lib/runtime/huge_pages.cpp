#include <mpi4cxx/detail/mpi/huge_pages.hpp>

#include "runtime/settings.hpp"

#include <sys/mman.h>
#include <cstdint>

namespace MPI4CXX::detail {

namespace {

constexpr std::uintptr_t page = 2 << 20;  // where huge pages are larger, the kernel leaves out what is smaller

}  // namespace

void ask_for_huge_pages(void* begin, std::size_t size) noexcept {
    static const bool wanted = !is_set_to("MPI4CXX_HUGE_PAGES", "no");
    if (!wanted)
        return;
    const auto address = reinterpret_cast<std::uintptr_t>(begin);
    const std::uintptr_t first = (address + page - 1) / page * page, end = (address + size) / page * page;
    if (first < end)  // a kernel without huge pages refuses, and the memory is as good as before
        madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

}  // namespace MPI4CXX::detail
