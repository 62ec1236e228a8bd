#pragma once

#include <string>

namespace mpi4cxx::trace {

/// Starts a thread that watches this process until stop_watching(). When nothing has moved in this process for `timeout` seconds, it writes into
/// `folder` what the process waits for. Rank 0 reads the files of all processes and reports. If `aborts`, it ends the job when all processes wait in
/// MPI for something that cannot come. With a timeout of 0 it only saves the log when another process ends the job.
void start_watching(const std::string& folder, int rank, int size, double timeout, bool aborts);
void stop_watching();

/// Brings all logs together. Called before this process ends the job.
void save_all_logs();

/// Prints a message on standard error, after "mpi4cxx ": "watchdog: …" and so on.
void print_message(const std::string& text);

}  // namespace mpi4cxx::trace
