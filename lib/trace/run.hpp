#pragma once

#include "trace/log.hpp"

#include "functions.hpp"

#include <string>
#include <vector>

namespace mpi4cxx::trace {

/// A message, from the call that sent it to the call that received it.
struct MatchedMessage {
    int from = 0, from_thread = 0, to = 0, to_thread = 0;  // ranks and their threads
    std::int64_t sent = 0, received = 0;                   // times
};

/// All logs of a run. Times count from the beginning of the run, and each call has its waiting time.
struct Run {
    explicit Run(const std::string& folder, int size);

    std::vector<Log> ranks;
    std::vector<int> missing;  // ranks without a log
    std::vector<MatchedMessage> matched_messages;
    std::int64_t length = 0;
    std::string program;

private:
    void shift_times();
    void find_waiting();
    void match_messages(std::vector<std::vector<std::int64_t>>& until);
    void match_collectives(std::vector<std::vector<std::int64_t>>& until) const;
};

void write_summary(const Run& run, const std::string& path);
void write_matrix_table(const Run& run, const std::string& path);
void write_matrix_picture(const Run& run, const std::string& path);
void write_timeline_events(const Run& run, const std::string& path);
void write_timeline_picture(const Run& run, const std::string& path);

}  // namespace mpi4cxx::trace
