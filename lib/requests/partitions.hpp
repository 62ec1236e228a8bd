// What a partitioned request holds.
#pragma once

#include <mpi4cxx/detail/requests/operation.hpp>

#include "requests/taken_outcome.hpp"

#include <atomic>
#include <cstddef>
#include <vector>

namespace MPI4CXX::detail {

/// The partitions of a partitioned send or receive.
struct Partitions final : RequestResources, TakenOutcome {
    Partitions(int number, bool nobody) : all(number), with_nobody(nobody), is_ready(static_cast<std::size_t>(number)) {}

    const int all;                            ///< of a send; 0 of a receive
    const bool with_nobody;                   ///< from or to PROC_NULL, which makes MPICH before 4.1 crash
    std::atomic<int> missing = 0;             ///< partitions of a started send that are not ready yet
    std::vector<std::atomic<bool>> is_ready;  ///< for each partition of a started send
    bool was_started = false;
    /// Notes that the request has been started: no partition is ready.
    void start() noexcept {
        for (std::atomic<bool>& one : is_ready) one = false;
        missing = all;
        was_started = true;
    }
    [[nodiscard]] bool can_complete() const override { return missing <= 0; }
    [[nodiscard]] bool is_checked() const override { return status.has_value(); }
    [[nodiscard]] bool is_needed() const override { return true; }  // MPICH crashes later if the request is freed before it is complete
};

}  // namespace MPI4CXX::detail
