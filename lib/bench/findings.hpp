// What is wrong with how the processes were started, or with their machines.
#pragma once

#include "bench/machine.hpp"

namespace bench {

struct Findings {
    std::vector<std::string> problems;  // mistakes, for which the program exits with 1
    std::vector<std::string> warnings;  // what may be meant so
};

/// Returns what to do if each process is alone in its world, although its launcher has started several; empty if that is not so.
std::string alone(const MPI::Launcher& launcher, int world_size);

/// Looks for the classic mistakes.
Findings examine(const std::vector<Place>& places);

}  // namespace bench
