// The error handlers that are set on files. Files have no attributes, so a table keeps their functions.
#pragma once

#include <mpi4cxx/file.hpp>

#include "handles/error_handling.hpp"

#include <memory>

namespace MPI4CXX::detail {

template <> struct InstalledHandler<File> {
    static void keep(const File& file, const Installed& handler, At);
    static std::shared_ptr<ErrorFunction> find(const File& file, MPI_Errhandler raw, At);
    static void forget(const File& file, At = {}) noexcept;
};

}  // namespace MPI4CXX::detail
