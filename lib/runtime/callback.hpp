// Calls of C++ functions from callbacks of MPI.
#pragma once

#include <mpi4cxx/error.hpp>

namespace MPI4CXX::detail {

/// Calls `f` and turns an exception into an error code, because MPI cannot pass an exception on.
template <class F> int code_of(F f) noexcept {
    try {
        f();
        return MPI_SUCCESS;
    } catch (const Exception& e) {
        return e.Get_error_code();
    } catch (...) {
        return MPI_ERR_OTHER;
    }
}

}  // namespace MPI4CXX::detail
