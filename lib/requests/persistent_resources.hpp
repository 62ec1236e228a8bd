// What a persistent request holds besides its MPI handle, and what the library has to know of the request.
#pragma once

#include <mpi4cxx/detail/requests/operation.hpp>

#include "requests/taken_outcome.hpp"

#include <memory>
#include <utility>

namespace MPI4CXX::detail {

/// Held by every persistent request that the library has made, but not by a partitioned one.
struct PersistentResources final : RequestResources, TakenOutcome {
    PersistentResources(std::unique_ptr<RequestResources> own, bool collective, bool known)
        : resources(own != nullptr ? std::move(own) : std::make_unique<RequestResources>()), is_collective(collective), mpi_knows(known) {}
    static std::unique_ptr<RequestResources> of_message(std::unique_ptr<RequestResources> own) {
        return std::make_unique<PersistentResources>(std::move(own), false, true);
    }

    const std::unique_ptr<RequestResources> resources;
    const bool is_collective;  ///< and so cannot be cancelled
    const bool mpi_knows;      ///< whether it is active; MPICH before 4.3 does not know that of a collective, so the library's word counts
    [[nodiscard]] bool is_needed() const override { return resources->is_needed(); }
    [[nodiscard]] bool is_all() const override { return resources->is_all(); }
    [[nodiscard]] bool can_complete() const override { return resources->can_complete(); }
    [[nodiscard]] bool is_checked() const override { return status.has_value() || resources->is_checked(); }
    void correct(MPI_Status& result) const override { resources->correct(result); }
    void check(const MPI_Status& result, bool is_asked, At at) const override { resources->check(result, is_asked, at); }
};

/// Returns whether MPI knows whether a persistent request with these resources is active.
inline bool mpi_knows_whether_active(const RequestResources* held) noexcept {
    const auto* const persistent = dynamic_cast<const PersistentResources*>(held);
    return persistent == nullptr || persistent->mpi_knows;
}

}  // namespace MPI4CXX::detail
