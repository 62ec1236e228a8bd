// The picture of an executor's tasks, which Executor::trace() writes.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <cstdint>
#include <string>
#include <typeinfo>
#include <vector>

namespace MPI4CXX::futures::detail {

/// The tasks that a worker ran from `begin` on for `duration`, both in ns.
struct TraceEvent {
    std::uint64_t executor;  // its number
    const std::type_info* function;
    std::uint64_t number, count;
    std::int64_t begin, duration;
    int worker;
};

/// Writes a picture (SVG), or Chrome's trace format if the name ends in .json. `hosts`: the machine of each worker.
void write_trace(const std::string& path, std::vector<TraceEvent> events, const std::vector<std::string>& hosts);

}  // namespace MPI4CXX::futures::detail
