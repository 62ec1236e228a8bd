#pragma once

#include "trace/process_state.hpp"

#include <string>
#include <vector>

namespace mpi4cxx::trace {

/// What people read of all of them: where each waits, which messages nobody has received, who is missing in which collective, and a cycle if there is
/// one.
struct Explanation {
    std::string text;
    bool is_progressing = false;  // a call is waiting for nothing but messages that have both a send and a receive: they are on their way
};
Explanation explain(const std::vector<ProcessState>& ranks, double seconds);

}  // namespace mpi4cxx::trace
