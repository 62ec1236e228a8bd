// The parts of Unpacking that are not inline: the end of the stack, out-of-band blocks, bytes that come in pieces, errors.
#include <mpi4cxx/detail/objects/unpacking.hpp>

#include <mpi4cxx/error.hpp>

#include <pthread.h>

#include <string>
#include <utility>

namespace MPI4CXX::detail {

namespace {

/// The addresses of the calling thread's stack; both are 0 where the system does not tell them.
struct Stack {
    std::uintptr_t begin = 0, end = 0;
    Stack() noexcept {
        pthread_attr_t attributes;
        void* address = nullptr;
        std::size_t size = 0;
        if (pthread_getattr_np(pthread_self(), &attributes) != 0)
            return;
        if (pthread_attr_getstack(&attributes, &address, &size) == 0)
            begin = reinterpret_cast<std::uintptr_t>(address), end = begin + size;
        pthread_attr_destroy(&attributes);
    }
};

}  // namespace

// An object may use half of the stack that is left. The other half is for its destructor, or for packing it, which may go equally deep.
std::uintptr_t stack_end() {
    static thread_local const Stack stack;
    constexpr std::uintptr_t any_has = 64 << 10;  // for stacks that the system does not know, such as a fiber's
    const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    return stack.begin < here && here < stack.end ? here - (here - stack.begin) / 2 : here - any_has;
}

void Unpacking::open_blocks(std::size_t blocks) {
    if (blocks > bytes_left() / sizeof(std::uint64_t))
        corrupt("the bytes end too early");
    here_ = end_ -= blocks * sizeof(std::uint64_t);
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

void Unpacking::wait_for(std::size_t size) {
    if (size > static_cast<std::size_t>(end_ - cursor_))
        corrupt("the bytes end too early");
    while (size > bytes_left()) take_piece();
}

void Unpacking::take_piece() {
    const std::byte* const begin = std::exchange(here_, end_);  // set first: after a failure nothing more is awaited
    here_ = begin + receive_piece(static_cast<std::size_t>(begin - begin_), static_cast<std::size_t>(end_ - begin));
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

std::size_t Unpacking::receive_piece(std::size_t, std::size_t) { corrupt("bytes are missing"); }
void Unpacking::receive(void*, std::size_t) { corrupt("a block is missing"); }

void Unpacking::too_large(std::size_t size) {
    throw Exception(MPI_ERR_TYPE, "unpack", "the message says that " + std::to_string(size) + " bytes follow, for which there is no memory", nowhere);
}

void Unpacking::corrupt(const char* what) { throw Exception(MPI_ERR_TYPE, "unpack", std::string("the bytes are no such object: ") + what, nowhere); }

}  // namespace MPI4CXX::detail
