// Linked into a counts.cpp of its own, so that the other's instructions are those of the C library's malloc alone.
#include <cstddef>

#include "loopback.hpp"

std::size_t bench_allocations = 0;

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
    bench_allocations += bench_counting;
    return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
    bench_allocations += bench_counting;
    return __libc_calloc(count, size);
}

void* realloc(void* old, std::size_t size) {
    bench_allocations += bench_counting;
    return __libc_realloc(old, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
    bench_allocations += bench_counting;
    return __libc_memalign(alignment, size);
}

}  // extern "C"
