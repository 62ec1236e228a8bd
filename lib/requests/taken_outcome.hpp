// The outcome of a persistent request that MPI has told once and does not tell again.
#pragma once

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/detail/requests/operation.hpp>

#include "runtime/failure.hpp"

#include <exception>
#include <optional>

namespace MPI4CXX::detail {

/// What MPI_Request_get_status has said of a complete persistent request, on an MPI that makes the request inactive then. It is kept for the wait.
struct TakenOutcome {
    std::optional<MPI_Status> status;
    std::exception_ptr failure;

    /// Returns whether the request is complete. Asks MPI if that is not known.
    bool look(MPI_Request request, At at) {
        if (status)
            return true;
        MPI_Status own{};
        int flag = 0;
        failure = failure_of([&] { call<MPI_Request_get_status>(request, &flag, &own, at); });
        const bool was_inactive = own.MPI_SOURCE == MPI_ANY_SOURCE && own.MPI_TAG == MPI_ANY_TAG;
        if (failure != nullptr || (flag != 0 && !was_inactive))
            status = own;
        return status || flag != 0;
    }
};

/// Returns where the outcome of a request with these resources is kept; null if MPI tells the outcome of the request again.
inline TakenOutcome* taken_outcome(RequestResources* resources) noexcept {
    return get_status_takes_outcome() ? dynamic_cast<TakenOutcome*>(resources) : nullptr;
}

}  // namespace MPI4CXX::detail
