#include <mpi4cxx/memory.hpp>

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/handle.hpp>
#include <mpi4cxx/info.hpp>

#include "handles/attached_buffer.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>

namespace MPI4CXX {

using detail::call;

namespace {

// The buffer that the library has attached. Never destroyed: MPI may use it until MPI_Finalize.
auto& attached = *new std::unique_ptr<std::byte[]>;
Count attached_size = 0;  // also if the memory is the user's
std::mutex mutex;

void attach_memory(memory buf, At at) {
    call<MPI_Buffer_attach>(buf.data(), static_cast<Count>(buf.size()), at);
    attached_size = static_cast<Count>(buf.size());
}

}  // namespace

Memory::~Memory() {
    if (data_ != nullptr && detail::may_free(false))
        MPI_Free_mem(data_);
}

void Memory::Free(At at) {
    Free_mem(data_, at);
    data_ = nullptr;
    size_ = 0;
}

Memory Alloc_mem(Aint size, At at) { return Alloc_mem(size, INFO_NULL, at); }

Memory Alloc_mem(Aint size, const Info& info, At at) {
    if (size < 0)
        detail::misuse(at, "a size of " + std::to_string(size) + " bytes");
    void* address = nullptr;
    call<MPI_Alloc_mem>(size > 0 ? size : 1, info.handle(), &address, at);  // Open MPI returns null for 0 bytes
    return Memory::take(address, static_cast<std::size_t>(size));
}

void Free_mem(void* address, At at) { call<MPI_Free_mem>(address, at); }

// MPI's own functions do the same (MPI-4.0, 5.1.5), but MPICH ends a process that calls them before MPI_Init.
Aint Aint_add(Aint base, Aint disp) noexcept { return static_cast<Aint>(static_cast<std::uintptr_t>(base) + static_cast<std::uintptr_t>(disp)); }
Aint Aint_diff(Aint addr1, Aint addr2) noexcept { return static_cast<Aint>(static_cast<std::uintptr_t>(addr1) - static_cast<std::uintptr_t>(addr2)); }

void Attach_buffer(memory buf, At at) {
    const std::lock_guard lock(mutex);
    attach_memory(buf, at);
}

void Attach_buffer(Count size, At at) {
    if (size < 0)
        detail::misuse(at, "a size of " + std::to_string(size) + " bytes");
    std::unique_ptr<std::byte[]> room(new std::byte[static_cast<std::size_t>(size)]);  // uninitialized
    const std::lock_guard lock(mutex);
    attach_memory({room.get(), static_cast<std::size_t>(size)}, at);
    attached = std::move(room);
}

void Attach_buffer(BufferAutomatic, At at) {
    const std::lock_guard lock(mutex);
    call<MPI_Buffer_attach>(detail::automatic_buffer("MPI_Buffer_attach", at), Count{0}, at);
    attached_size = std::numeric_limits<Count>::max();
}

void* detail::automatic_buffer(std::string_view function, Place where) {
    if (buffer_automatic == nullptr)
        throw Exception(MPI_ERR_UNSUPPORTED_OPERATION, function, "not supported by this MPI: BUFFER_AUTOMATIC came with MPI-4.1", where);
    return buffer_automatic;
}

memory detail::detached(void* address, Count size) noexcept {
    return address == buffer_automatic ? memory() : memory(static_cast<std::byte*>(address), static_cast<std::size_t>(size));
}

void Flush_buffer(At at) { call<MPI_Buffer_flush>(at); }

memory Detach_buffer(At at) {
    std::byte* address = nullptr;
    MPI_Count size = 0;
    call<MPI_Buffer_detach>(&address, &size, at);
    const std::lock_guard lock(mutex);
    attached_size = 0;
    if (address != attached.get())
        return detail::detached(address, size);
    attached.reset();
    return {};
}

void detail::check_attached(std::size_t size, Place where) {
    const std::lock_guard lock(mutex);
    if (attached_size == 0)
        try {  // a call of MPI's own function may have attached one
            std::byte* address = nullptr;
            MPI_Count found = 0;
            call<MPI_Buffer_detach>(&address, &found);
            if (found != 0)
                attach_memory({address, static_cast<std::size_t>(found)}, where.at());
        } catch (const Exception&) {  // no buffer is attached
        }
    if (static_cast<Count>(size) + MPI_BSEND_OVERHEAD > attached_size)
        raise(MPI_ERR_BUFFER, "MPI_Ibsend", where.file, where.line, where.comm);
}

}  // namespace MPI4CXX
