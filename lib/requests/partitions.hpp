#pragma once

#include <mpi4cxx/detail/requests/operation.hpp>

#include <atomic>

namespace MPI4CXX::detail {

/// The partitions of a partitioned send or receive.
struct Partitions final : RequestResources {
    Partitions(int number, bool nobody) noexcept : all(number), with_nobody(nobody) {}

    const int all;
    const bool with_nobody;        ///< from or to PROC_NULL, which makes MPICH before 4.1 crash
    std::atomic<int> missing = 0;  ///< partitions of a started send that are not ready yet
    [[nodiscard]] bool can_complete() const override { return missing <= 0; }
};

}  // namespace MPI4CXX::detail
