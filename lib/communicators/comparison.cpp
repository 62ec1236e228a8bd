#include "communicators/comparison.hpp"

#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/error.hpp>

#include <array>
#include <string>

namespace MPI4CXX::detail {

Range range_of(const Comm& comm, std::int64_t value, At at) {
    const std::array own{value, ~value};
    std::array<std::int64_t, 2> least{};
    comm.Allreduce(own, least, MIN, at);
    return {least[0], ~least[1]};
}

void check_same(const Comm& comm, std::int64_t value, const char* what, Caller caller) {
    if (const Range range = range_of(comm, value, caller.at); range.least != range.most)
        misuse(caller,
               "the processes give different " + std::string(what) + ", from " + std::to_string(range.least) + " to " + std::to_string(range.most));
}

}  // namespace MPI4CXX::detail
