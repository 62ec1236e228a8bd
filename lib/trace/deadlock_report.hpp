// Explains from the states of all processes why a job does not go on.
#pragma once

#include "trace/process_state.hpp"

#include <string>
#include <vector>

namespace mpi4cxx::trace {

/// The report for people: where each rank waits, which messages nobody has received, which ranks are missing in which collective, and a cycle if
/// there is one.
struct Explanation {
    std::string text;
    bool is_progressing = false;  // a call waits only for messages that have both a send and a receive, for a collective that all have entered, or
                                  // for something outside
};
Explanation explain(const std::vector<ProcessState>& ranks, double seconds);

}  // namespace mpi4cxx::trace
