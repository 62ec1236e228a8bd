#include <mpi4cxx/handle.hpp>

#include <mpi4cxx/error.hpp>

#include "runtime/finalize.hpp"

#include <exception>

namespace MPI4CXX::detail {

bool may_free(bool collective) noexcept { return is_running() && !(collective && std::uncaught_exceptions() > 0); }

void refuse_free(std::string_view function, At at) {
    throw Exception(MPI_ERR_ARG, function, "the handle is predefined or the library's own, and is only borrowed here: do not free it", at);
}

}  // namespace MPI4CXX::detail
