// Lets large allocations fail. Replaces operator new, so one file of a program may include it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace refused_memory {
inline std::atomic<std::size_t> least = SIZE_MAX;
}

/// While this lives, the process gets no memory of `size` bytes and more.
struct RefusedMemory {
    explicit RefusedMemory(std::size_t size) { refused_memory::least = size; }
    RefusedMemory(const RefusedMemory&) = delete;
    RefusedMemory& operator=(const RefusedMemory&) = delete;
    ~RefusedMemory() { refused_memory::least = SIZE_MAX; }
};

[[gnu::noinline]] void* operator new(std::size_t size) {
    if (size < refused_memory::least)
        if (void* memory = std::malloc(size == 0 ? 1 : size))
            return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return size < refused_memory::least ? std::malloc(size == 0 ? 1 : size) : nullptr;  // a sanitizer has one of its own, which fits its own delete
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
