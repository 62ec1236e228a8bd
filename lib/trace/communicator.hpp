#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace mpi4cxx::trace {

// Ranks in the trace are ranks of MPI_COMM_WORLD, or one of these values.
inline constexpr int no_rank = -1, any_rank = -2, outside_rank = -3;

/// Protects what may change while the watchdog reads it: names, and whom a window lets in.
inline std::mutex details_mutex;

/// What the trace knows of a communicator. It is kept after the communicator is freed.
struct Communicator {
    std::uint64_t id = 0;  // the same on all processes: a hash of the groups, combined with `number`
    int number = 0;        // number among the communicators of the same groups, from 0
    std::string name;
    bool is_inter = false;
    int rank = 0;                 // of this process in `members`
    std::vector<int> members;     // the local group
    std::vector<int> peers;       // the group that ranks in calls refer to: the local or the remote one
    std::vector<int> neighbours;  // the destinations of neighbourhood collectives
    std::atomic<std::int64_t> collectives = 0;

    /// Returns the rank in MPI_COMM_WORLD of a rank in a call.
    [[nodiscard]] int world_rank(int rank_in_call) const;
    [[nodiscard]] std::string label() const;
};

/// Returns what is known of `comm`; asks MPI the first time. Null for MPI_COMM_NULL. A new one gets `number`, or the next one.
inline constexpr int next_number = -1;
Communicator* communicator_info(MPI_Comm comm, int number = next_number);
/// Takes the next number of a communicator with the same groups, for one that is not complete yet.
int take_number(const Communicator& like);

/// Returns all communicators so far. Other threads may add more meanwhile.
std::vector<Communicator*> communicators();

/// Returns ranks in short form: "0, 2-5".
std::string rank_list(const std::vector<int>& ranks);
/// The same with a noun: "rank 1", "ranks 0, 2-5".
inline std::string ranks_text(const std::vector<int>& ranks) { return (ranks.size() == 1 ? "rank " : "ranks ") + rank_list(ranks); }

}  // namespace mpi4cxx::trace
