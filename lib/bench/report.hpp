// What the program says of the library, the processes and their machines, and its verdict.
#pragma once

#include "bench/findings.hpp"

namespace bench {

/// Prints what the library, the launcher and the nodes are.
void print_machine(const std::vector<Place>& places, const MPI::Launcher& launcher);

/// Prints problems and warnings, and the verdict: `sentences` if there is no problem.
void print_verdict(const Findings& found, std::vector<std::string> sentences, const MPI::Launcher& launcher, int world_size);

/// Prints all variables of the environment that the library reads, and what is wrong with them. Returns whether something is.
bool print_config();

}  // namespace bench
