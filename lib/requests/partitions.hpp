// What persistent requests hold.
#pragma once

#include <mpi4cxx/detail/requests/operation.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

/// The partitions of a partitioned send or receive.
struct Partitions final : RequestResources {
    Partitions(int number, bool nobody) : all(number), with_nobody(nobody), is_ready(static_cast<std::size_t>(number)) {}

    const int all;                            ///< of a send; 0 of a receive
    const bool with_nobody;                   ///< from or to PROC_NULL, which makes MPICH before 4.1 crash
    std::atomic<int> missing = 0;             ///< partitions of a started send that are not ready yet
    std::vector<std::atomic<bool>> is_ready;  ///< for each partition of a started send
    [[nodiscard]] bool can_complete() const override { return missing <= 0; }
    [[nodiscard]] bool is_needed() const override { return true; }  // MPICH crashes later if the request is freed before it is complete
};

/// Held by a persistent request of which MPI does not know that it is inactive, so the library's word counts: a collective of MPICH before 4.3.
struct Untold final : RequestResources {
    explicit Untold(std::unique_ptr<RequestResources> own) : resources(own != nullptr ? std::move(own) : std::make_unique<RequestResources>()) {}

    const std::unique_ptr<RequestResources> resources;
    [[nodiscard]] bool is_needed() const override { return resources->is_needed(); }
    [[nodiscard]] bool is_all() const override { return resources->is_all(); }
    [[nodiscard]] bool can_complete() const override { return resources->can_complete(); }
    [[nodiscard]] bool is_checked() const override { return resources->is_checked(); }
    void correct(MPI_Status& status) const override { resources->correct(status); }
    void check(const MPI_Status& status, bool is_asked, At at) const override { resources->check(status, is_asked, at); }
};

}  // namespace MPI4CXX::detail
