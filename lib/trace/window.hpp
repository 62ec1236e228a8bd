#pragma once

#include "trace/communicator.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mpi4cxx::trace {

/// What the trace knows of a window. It is kept after the window is freed.
struct Window {
    std::uint64_t id = 0;  // the same on all processes: a hash of the group, combined with `number`
    int number = 0;        // number among the windows of the same group, from 0
    std::string name;
    std::vector<int> members;  // ranks in MPI_COMM_WORLD
    std::vector<int> posted;   // whom the latest Post has let in
    std::vector<int> started;  // whom the latest Start accesses
    /// How often this process has called Post, Start and Complete for another. One's second Post for another is for the other's second Start.
    struct Epochs {
        std::int64_t posts = 0, starts = 0, completes = 0;
    };
    std::map<int, Epochs> epochs;
    std::atomic<std::int64_t> collectives = 0;

    /// Returns the rank in MPI_COMM_WORLD of a rank in a call; any_rank if the call is about all ranks.
    [[nodiscard]] int world_rank(int rank_in_call) const;
    [[nodiscard]] std::string label() const;
};

/// Returns what is known of `win`; asks MPI the first time. Null for MPI_WIN_NULL.
Window* window_info(MPI_Win win);
/// Returns all windows so far.
std::vector<const Window*> windows();
/// Returns the ranks of a group in MPI_COMM_WORLD.
std::vector<int> world_ranks_of(MPI_Group group);

/// A lock that this process has asked for and not given back. An MPI may get the lock only with the first operation or the flush, so the process need
/// not have the lock yet.
struct HeldLock {
    const Window* window = nullptr;
    int target = no_rank;  // any_rank: all
    bool is_exclusive = false;
    std::array<void*, 32> frames{};  // the stack of the call
    int depth = 0;
};
/// Notes a lock with the place of the current call; forgets it. `held_locks` returns the locks so far, `has_exclusive_lock` whether one of these is
/// exclusive.
void take_lock(const Window* window, int target, bool is_exclusive);
void give_lock_back(const Window* window, int target);
std::vector<HeldLock> held_locks();
bool has_exclusive_lock(const Window* window, int target);
/// Returns whether one lock is, or may be, of the same rank as another.
inline bool overlaps(int target, int other) { return target == other || target == any_rank || other == any_rank; }

}  // namespace mpi4cxx::trace
