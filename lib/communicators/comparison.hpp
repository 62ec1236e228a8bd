// Comparison of the values that the processes of a communicator give to a collective call, and that must be the same.
#pragma once

#include <mpi4cxx/detail/mpi/at.hpp>
#include <mpi4cxx/fwd.hpp>

#include <cstdint>

namespace MPI4CXX::detail {

/// The least and the largest of these values.
struct Range {
    std::int64_t least, most;
};
/// Finds them. Collective.
Range range_of(const Comm& comm, std::int64_t value, At at);

/// Throws std::invalid_argument on all processes if the values differ. Collective.
void check_same(const Comm& comm, std::int64_t value, const char* what, Caller caller);

}  // namespace MPI4CXX::detail
