// Memory from MPI, addresses, and the attached buffer of Bsend.
#pragma once

#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/fwd.hpp>

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>

namespace MPI4CXX {

/// A view of bytes that somebody else owns, as mpi4py's `memory`.
using memory = std::span<std::byte>;

/// Memory from Alloc_mem, which may be faster to communicate. The destructor frees the memory unless MPI is finalized.
class MPI4CXX_API Memory {
public:
    Memory() noexcept = default;
    /// Own what MPI_Alloc_mem returned.
    static Memory take(void* address, std::size_t size) noexcept { return {static_cast<std::byte*>(address), size}; }
    Memory(Memory&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Memory& operator=(Memory&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~Memory();

    [[nodiscard]] std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::byte* begin() const noexcept { return data_; }
    [[nodiscard]] std::byte* end() const noexcept { return data_ + size_; }
    [[nodiscard]] std::byte& operator[](std::size_t i) const noexcept { return data_[i]; }
    [[nodiscard]] bool is_null() const noexcept { return data_ == nullptr; }
    explicit operator bool() const noexcept { return !is_null(); }
    operator memory() const noexcept { return {data_, size_}; }
    /// Return the memory as a span of as many whole elements as fit.
    template <class T>
        requires std::is_trivially_copyable_v<T>
    [[nodiscard]] std::span<T> as() const noexcept { return {reinterpret_cast<T*>(data_), size_ / sizeof(T)}; }

    /// Gives the memory to the caller, for Free_mem.
    [[nodiscard]] void* release() && noexcept {
        size_ = 0;
        return std::exchange(data_, nullptr);
    }
    /// Free the memory. Calls MPI_Free_mem (MPI-4.0, 9.2). Local.
    void Free(At at = {});

private:
    Memory(std::byte* data, std::size_t size) noexcept : data_(data), size_(size) {}

    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

/// Allocate memory. Calls MPI_Alloc_mem (MPI-4.0, 9.2). Local.
[[nodiscard]] MPI4CXX_API Memory Alloc_mem(Aint size, At at = {});
[[nodiscard]] MPI4CXX_API Memory Alloc_mem(Aint size, const Info& info, At at = {});
/// Free memory. Calls MPI_Free_mem (MPI-4.0, 9.2). Local.
inline void Free_mem(Memory& allocated, At at = {}) { allocated.Free(at); }
MPI4CXX_API void Free_mem(void* address, At at = {});

/// Return an address as a displacement from BOTTOM. Calls MPI_Get_address (MPI-4.0, 5.1.5).
[[nodiscard]] inline Aint Get_address(const void* location, At at = {}) { return detail::get<MPI_Get_address>(location, at); }
[[nodiscard]] inline Aint Get_address(Bottom, At at = {}) { return Get_address(MPI_BOTTOM, at); }
/// Return the address `disp` bytes beyond `base`. Calls MPI_Aint_add (MPI-4.0, 5.1.5).
[[nodiscard]] MPI4CXX_API Aint Aint_add(Aint base, Aint disp) noexcept;
/// Return the number of bytes from `addr2` to `addr1`. Calls MPI_Aint_diff (MPI-4.0, 5.1.5).
[[nodiscard]] MPI4CXX_API Aint Aint_diff(Aint addr1, Aint addr2) noexcept;

namespace detail {

/// Returns the bytes of a contiguous range of any elements without constructors, which Bsend can use until Detach_buffer.
template <class C>
    requires requires(C& range) { std::span(range); }
memory attachable(C&& buf) {
    using Element = typename decltype(std::span(buf))::element_type;
    constexpr bool lasts = std::is_lvalue_reference_v<C> || std::ranges::enable_borrowed_range<std::remove_cvref_t<C>>;
    constexpr bool can_be_attached = lasts && !std::is_const_v<Element> && std::is_trivially_copyable_v<Element>;
    static_assert(
        can_be_attached,
        "mpi4cxx: Bsend writes bytes to the attached buffer until Detach_buffer: this one is a temporary, is const, or holds more than bytes");
    if constexpr (can_be_attached)
        return std::as_writable_bytes(std::span(buf));
    else
        return {};
}

}  // namespace detail

/// Let Bsend copy messages to `buf`, which must live until Detach_buffer. Each message takes BSEND_OVERHEAD bytes in addition to its own.
/// Calls MPI_Buffer_attach (MPI-4.0, 3.6). Local.
MPI4CXX_API void Attach_buffer(memory buf, At at = {});
/// The same of a contiguous range of any elements without constructors.
template <class C>
    requires requires(C& range) { std::span(range); }
void Attach_buffer(C&& buf, At at = {}) { Attach_buffer(detail::attachable(std::forward<C>(buf)), at); }
/// Let Bsend copy messages to memory that MPI allocates as it needs. Before MPI-4.1, "not supported by this MPI". Calls MPI_Buffer_attach (MPI-4.1,
/// 3.6). Local.
MPI4CXX_API void Attach_buffer(BufferAutomatic, At at = {});
/// Let Bsend copy messages to `size` bytes that the library allocates. Detach_buffer frees them. Calls MPI_Buffer_attach (MPI-4.0, 3.6). Local.
MPI4CXX_API void Attach_buffer(Count size, At at = {});
/// Wait until all messages in the buffer are sent. Return the buffer, or an empty view if the library has allocated it. Calls MPI_Buffer_detach
/// (MPI-4.0, 3.6).
MPI4CXX_API memory Detach_buffer(At at = {});
/// Wait until all messages in the buffer are sent. Calls MPI_Buffer_flush (MPI-4.1, 3.6).
MPI4CXX_API void Flush_buffer(At at = {});

}  // namespace MPI4CXX
