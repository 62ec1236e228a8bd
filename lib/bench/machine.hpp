// Where the processes run.
#pragma once

#include "bench/command_line.hpp"

namespace bench {

/// What one process knows of its place.
struct Place {
    int node = 0;            // the lowest rank of those that this process shares memory with
    std::string host;        // the machine's name; under SLURM the node's, for one machine may stand for several
    std::vector<int> cores;  // on which it may run
    int machine_cores = 1;   // of all that the machine has
    bool has_shared_memory = false;
    MPI::Count free_shared_memory = 0;  // in bytes
};

/// Returns the places of all processes of `comm`, on all of them.
std::vector<Place> places_of(const MPI::Intracomm& comm);

/// Processes of one node.
struct Node {
    std::string host;
    std::vector<int> ranks;
};

std::vector<Node> nodes_of(const std::vector<Place>& places);

/// Returns "rank 2", "ranks 0-3,8".
std::string ranks_text(const std::vector<int>& ranks);

}  // namespace bench
