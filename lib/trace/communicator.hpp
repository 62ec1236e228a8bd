#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace mpi4cxx::trace {

// Ranks here are those of MPI_COMM_WORLD, or one of these.
inline constexpr int nobody = -1, anybody = -2, outsider = -3;

/// What the trace knows of a communicator. It is kept after the communicator is freed.
struct Communicator {
    std::uint64_t id = 0;  // the same on all its processes: a hash of its groups and a number among those of these groups
    int number = 0;        // that number, from 0
    std::string name;
    bool is_inter = false;
    int rank = 0;                 // of this process in `members`
    std::vector<int> members;     // its own group
    std::vector<int> peers;       // those that ranks in its calls mean: its own group, or the other one
    std::vector<int> neighbours;  // that it sends to in neighbourhood collectives
    std::atomic<std::int64_t> collectives = 0;

    /// The rank in MPI_COMM_WORLD of a rank that a call names.
    [[nodiscard]] int world_rank(int rank_in_call) const;
    [[nodiscard]] std::string label() const;
};

/// Finds what is known of `comm`; asks MPI once. Null for MPI_COMM_NULL.
Communicator* communicator_info(MPI_Comm comm);

/// All so far, for who writes them down. Taken while other threads may add to them.
std::vector<Communicator*> communicators();

/// Ranks as people write them: "0, 2-5".
std::string rank_list(const std::vector<int>& ranks);

}  // namespace mpi4cxx::trace
