#pragma once

#include <mpi4cxx/detail/requests/operation.hpp>

#include <atomic>

namespace MPI4CXX::detail {

/// The partitions of a Psend or Precv.
struct Partitions final : RequestResources {
    Partitions(int number, bool nobody) noexcept : all(number), with_nobody(nobody) {}

    const int all;
    const bool with_nobody;        ///< from or to PROC_NULL, which MPICH before 4.1 dies of
    std::atomic<int> missing = 0;  ///< of a send that has been started
    [[nodiscard]] bool can_complete() const override { return missing <= 0; }
};

}  // namespace MPI4CXX::detail
