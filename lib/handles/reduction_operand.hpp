// The buffers of a reduction, as an operation takes them.
#pragma once

#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/op.hpp>

namespace MPI4CXX::detail {

/// Returns whether an operation takes a struct of a number and an int as one of MPI's pairs.
bool takes_pairs(const Op& op);

/// Describes the elements of `buf` by the datatype that `op` works on. Throws if `op` does not work on such elements.
void accept_operand(BufferParts<const void*>& buf, const Op& op, const char* name, Caller caller);
void accept_operand(BufferParts<void*>& buf, const Op& op, const char* name, Caller caller);
/// Does so for both buffers of a reduction.
void accept_pair(ConstBuf& send, Buf& recv, const Op& op, Caller caller);

}  // namespace MPI4CXX::detail
