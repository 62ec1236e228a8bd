// The error handlers that are set on files, which have no attributes.
#pragma once

#include <mpi4cxx/file.hpp>

#include "handles/handler_table.hpp"

namespace MPI4CXX::detail {

template <> struct InstalledHandler<File> : HandlerTable<File> {};

}  // namespace MPI4CXX::detail
