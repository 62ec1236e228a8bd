// Calls of C++ functions from callbacks of MPI.
#pragma once

#include <mpi4cxx/error.hpp>

#include <exception>

namespace MPI4CXX::detail {

/// Keeps what an exception in a callback says, for the Exception that this thread makes of the error.
void note_callback(int error_class, const char* words) noexcept;

/// Calls `f` and turns an exception into an error code, because MPI cannot pass an exception on.
template <class F> int code_of(F f) noexcept {
    try {
        f();
        return MPI_SUCCESS;
    } catch (const Exception& e) {
        note_callback(e.Get_error_class(), e.what());
        return e.Get_error_code();
    } catch (const std::exception& e) {
        note_callback(MPI_ERR_OTHER, e.what());
        return MPI_ERR_OTHER;
    } catch (...) {
        note_callback(MPI_ERR_OTHER, "an object that is no std::exception");
        return MPI_ERR_OTHER;
    }
}

}  // namespace MPI4CXX::detail
