// Which memory of this process is attached to a dynamic window.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/error.hpp>

#include <cstddef>
#include <map>
#include <mutex>

namespace MPI4CXX::detail {

/// MPI does not allow a byte to be attached twice, nor other memory to be detached than was attached, and says nothing of either. May be used by
/// several threads.
class AttachedMemory {
public:
    /// Takes note of memory that is about to be attached. Throws std::invalid_argument if a part of it is.
    void add(const void* data, std::size_t bytes, Caller caller);
    /// Throws std::invalid_argument unless memory that begins here is attached.
    void check(const void* data, Caller caller) const;
    [[nodiscard]] bool has(const void* data) const;
    void remove(const void* data) noexcept;

private:
    mutable std::mutex mutex_;
    std::map<const std::byte*, std::size_t> regions_;  // their bytes by their beginning
};

}  // namespace MPI4CXX::detail
