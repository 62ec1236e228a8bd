// Exceptions as values, for what has to go on after one.
#pragma once

#include <exception>

namespace MPI4CXX::detail {

/// Returns what `step` throws; null if it throws nothing.
template <class F> std::exception_ptr failure_of(F&& step) noexcept {
    try {
        step();
    } catch (...) {
        return std::current_exception();
    }
    return nullptr;
}

}  // namespace MPI4CXX::detail
