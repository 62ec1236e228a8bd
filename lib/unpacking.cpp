#include <mpi4cxx/detail/unpacking.hpp>

#include <mpi4cxx/error.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <string>

namespace mpi4cxx::detail {

// Half of what a thread has, for what is read is destroyed again, or packed, or has destructors that go deep too.
std::uintptr_t stack_end() {
    static const std::size_t half = [] {
        constexpr rlim_t threads_have_at_least = 2 << 20;  // where there is no limit
        rlimit limit{};
        const bool is_limited = getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
        return static_cast<std::size_t>((is_limited ? limit.rlim_cur : threads_have_at_least) / 2);
    }();
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    return here - std::min(here, std::uintptr_t{half});
}

void Unpacking::open_blocks(std::size_t blocks) {
    if (blocks > bytes_left() / sizeof(std::uint64_t))
        corrupt("the bytes end too early");
    end_ -= blocks * sizeof(std::uint64_t);
    sizes_ = end_;
    blocks_ = blocks;
    for (std::size_t i = 0; i < blocks; ++i) {
        std::uint64_t size = 0;
        std::memcpy(&size, sizes_ + i * sizeof size, sizeof size);
        if (size < block_limit || size > (std::uint64_t{1} << 60) - block_bytes_)
            corrupt("a block of such a size cannot be");
        block_bytes_ += size;
    }
}

std::size_t Unpacking::next_block() {
    std::uint64_t size = 0;
    std::memcpy(&size, sizes_, sizeof size);
    sizes_ += sizeof size;
    block_bytes_ -= size;
    --blocks_;
    return size;
}

void Unpacking::receive_block(void* to, std::size_t size) {
    std::uint64_t next = 0;
    if (blocks_ != 0)
        std::memcpy(&next, sizes_, sizeof next);
    if (next != size)
        corrupt("a block has another size than its container");
    receive(to, next_block());
}

void Unpacking::receive(void*, std::size_t) { corrupt("a block is missing"); }

void Unpacking::corrupt(const char* what) { throw Exception(MPI_ERR_TYPE, "unpack", std::string("the bytes are no such object: ") + what); }

}  // namespace mpi4cxx::detail
