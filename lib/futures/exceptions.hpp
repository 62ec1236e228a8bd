#pragma once

#include <mpi4cxx/futures/detail/value.hpp>

#include <exception>
#include <string>

namespace mpi4cxx::futures::detail {

/// Writes the exception that is being handled.
void pack_exception(Packing& to, int worker, const std::string& host);
/// Makes it again.
std::exception_ptr unpack_exception(Unpacking& from);

/// Type and message of the exception that is being handled.
std::string describe_current();

/// A type's name as people write it.
std::string readable(const char* mangled);

}  // namespace mpi4cxx::futures::detail
