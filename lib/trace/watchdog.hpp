#pragma once

#include <string>

namespace mpi4cxx::trace {

/// Looks after this process, in a thread of its own, until stop_watching. When nothing has moved in it for `patience` seconds
/// it writes into `folder` what it waits for; rank 0 reads what all have written, reports, and, if it `aborts`, ends the job
/// where all wait in MPI for what cannot come. With a patience of 0 it only saves the log when another process ends the job.
void start_watching(const std::string& folder, int rank, int size, double patience, bool aborts);
void stop_watching();

/// Before this process ends the job by itself: brings all logs together.
void save_all_logs();

/// How messages begin: "mpi4cxx watchdog: " and so on, on standard error.
void print_message(const std::string& text);

}  // namespace mpi4cxx::trace
