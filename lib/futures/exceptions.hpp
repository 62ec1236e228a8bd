#pragma once

#include <mpi4cxx/detail/futures/packed_value.hpp>
#include <mpi4cxx/futures/errors.hpp>

#include <exception>
#include <string>

namespace MPI4CXX::futures::detail {

/// Writes the exception that is being handled, and those nested in it.
void pack_exception(Packing& to, const TaskPlace& place);
/// Makes it again.
std::exception_ptr unpack_exception(Unpacking& from);

/// Type and message of the exception that is being handled.
std::string describe_current();

/// A type's name as people write it.
std::string readable(const char* mangled);

}  // namespace MPI4CXX::futures::detail
