#pragma once

#include <string>

namespace mpi4cxx::trace {

/// Where a process leaves its log for the one that writes the results.
std::string log_file(const std::string& folder, int rank);

/// Brings the logs of all together and writes summary.txt, matrix.csv and .svg, timeline.json and .svg.
void write_results(const std::string& folder, int size);

}  // namespace mpi4cxx::trace
