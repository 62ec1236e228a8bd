#pragma once

#include "call.hpp"

#include <map>
#include <string>
#include <vector>

namespace mpi4cxx::trace {

/// A process of which nothing has moved for a while, as it tells the others.
struct Standstill {
    struct Meeting {
        std::uint64_t comm = 0;
        std::int64_t number = 0;
        std::string function, label;
        std::vector<int> members;
    };

    std::int64_t activities = -1;                // how often it had moved by then
    bool waits = false;                          // all its threads wait in MPI
    std::vector<std::string> lines;              // for people, one a thread
    std::vector<int> awaits;                     // ranks that it cannot go on without
    std::vector<Meeting> meetings;               // collectives that it is in
    std::map<std::uint64_t, std::int64_t> past;  // how many it has come to, by communicator

    void save(const std::string& path) const;
    [[nodiscard]] bool load(const std::string& path);
};

/// This process's, from what its threads do.
Standstill look_at_this_process();

/// What people read of all of them: where each waits, who is missing in which collective, and a cycle if there is one.
std::string explain(const std::vector<Standstill>& ranks, double seconds);

}  // namespace mpi4cxx::trace
