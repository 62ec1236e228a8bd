// The attached buffers of communicators and sessions, and Iflush_buffer.
#pragma once

#include <mpi4cxx/memory.hpp>
#include <mpi4cxx/request.hpp>

#include <span>
#include <utility>

namespace MPI4CXX {

/// The attached buffer of a handle class (MPI-4.1, 3.6): Comm, Session. Bsends on a communicator go from its own buffer, else from that of its
/// session, else from that of Attach_buffer. An MPI that is older than 4.1 throws "not supported by this MPI".
template <class Class> class MPI4CXX_API Buffered {
public:
    /// Let Bsend copy messages to `buf`, which must live until Detach_buffer. Calls MPI_Comm_attach_buffer, MPI_Session_attach_buffer (MPI-4.1, 3.6).
    /// Local.
    void Attach_buffer(memory buf, At at = {}) const;
    /// The same of a contiguous range of any elements without constructors.
    template <class C>
        requires requires(C& range) { std::span(range); }
    void Attach_buffer(C&& buf, At at = {}) const { Attach_buffer(detail::attachable(std::forward<C>(buf)), at); }
    /// Let Bsend copy messages to memory that MPI allocates as it needs. Calls MPI_Comm_attach_buffer, MPI_Session_attach_buffer (MPI-4.1, 3.6).
    /// Local.
    void Attach_buffer(BufferAutomatic, At at = {}) const;
    /// Wait until all messages in the buffer are sent. Return the buffer, or an empty view if MPI has allocated it. Calls MPI_Comm_detach_buffer,
    /// MPI_Session_detach_buffer (MPI-4.1, 3.6).
    memory Detach_buffer(At at = {}) const;
    /// Wait until all messages in the buffer are sent. Calls MPI_Comm_flush_buffer, MPI_Session_flush_buffer (MPI-4.1, 3.6).
    void Flush_buffer(At at = {}) const;
    /// Start a Flush_buffer. Calls MPI_Comm_iflush_buffer, MPI_Session_iflush_buffer (MPI-4.1, 3.6).
    [[nodiscard]] Request Iflush_buffer(At at = {}) const;
};

/// Start a Flush_buffer of the buffer of all communicators. Calls MPI_Buffer_iflush (MPI-4.1, 3.6).
[[nodiscard]] MPI4CXX_API Request Iflush_buffer(At at = {});

}  // namespace MPI4CXX
