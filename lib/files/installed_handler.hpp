// The error handlers that are set on files. Files have no attributes, so a table keeps their functions.
#pragma once

#include <mpi4cxx/file.hpp>

#include "handles/error_handling.hpp"

namespace MPI4CXX::detail {

template <> struct InstalledHandler<File> {
    static void keep(const File& file, const Installed& handler, At);
    /// Returns an address that is valid until this thread's next such call.
    static const Installed* find(const File& file, At);
    static void forget(const File& file, At = {}) noexcept;
};

}  // namespace MPI4CXX::detail
