// The files that the trace writes.
#pragma once

#include <string>

namespace mpi4cxx::trace {

/// Returns the name of this program's file.
std::string program_name();

/// Returns the file in which a process leaves its log for the process that writes the results.
std::string log_file(const std::string& folder, int rank);

/// Reads the logs of all processes and writes summary.txt, matrix.csv and .svg, timeline.json and .svg.
void write_results(const std::string& folder, int size);

}  // namespace mpi4cxx::trace
