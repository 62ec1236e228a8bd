// Sends the exception of a task from the worker to the manager.
#pragma once

#include <mpi4cxx/detail/futures/packed_value.hpp>
#include <mpi4cxx/futures/errors.hpp>

#include <exception>
#include <string>

namespace MPI4CXX::futures::detail {

/// Writes the exception that is being handled, and the exceptions nested in it.
void pack_exception(Packing& to, const TaskPlace& place);
/// Reads an exception.
std::exception_ptr unpack_exception(Unpacking& from);

/// Returns the type and the message of the exception that is being handled.
std::string describe_current();

/// Returns a demangled name of a type or a function.
std::string readable(const char* mangled);

}  // namespace MPI4CXX::futures::detail
