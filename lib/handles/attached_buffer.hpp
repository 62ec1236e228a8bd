// The buffer that is attached for buffered sends.
#pragma once

#include <mpi4cxx/memory.hpp>

#include <cstddef>
#include <string_view>

namespace MPI4CXX::detail {

/// Throws an Exception of class ERR_BUFFER if a message of `size` bytes does not fit the buffer that is attached for MPI_Bsend.
void check_attached(std::size_t size, Place where);

/// Returns the address that stands for BUFFER_AUTOMATIC. Throws an Exception if the MPI has none.
[[nodiscard]] void* automatic_buffer(std::string_view function, Place where);
/// Returns a buffer that has been detached; an empty view if MPI has allocated it.
[[nodiscard]] memory detached(void* address, Count size) noexcept;

}  // namespace MPI4CXX::detail
