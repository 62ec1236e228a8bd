// What the trace asks MPI of a window, and the locks that this process holds.
#include "trace/window.hpp"

#include <execinfo.h>
#include <algorithm>
#include <deque>
#include <map>
#include <mutex>

namespace mpi4cxx::trace {

namespace {

std::mutex mutex;
// Never destroyed: MPI may be finalized from a destructor.
std::deque<Window>& all = *new std::deque<Window>;
std::map<std::vector<int>, int>& numbers = *new std::map<std::vector<int>, int>;
std::vector<HeldLock>& locks = *new std::vector<HeldLock>;

/// The key of the attribute that holds what is known of a window. An attribute ends with its window, while handles are reused.
int keyval() {
    static const int key = [] {
        int made = MPI_KEYVAL_INVALID;
        PMPI_Win_create_keyval(MPI_WIN_NULL_COPY_FN, MPI_WIN_NULL_DELETE_FN, &made, nullptr);
        return made;
    }();
    return key;
}

void describe(MPI_Win win, Window& result) {
    MPI_Group group = MPI_GROUP_NULL;
    PMPI_Win_get_group(win, &group);
    result.members = world_ranks_of(group);
    PMPI_Group_free(&group);
    result.number = numbers[result.members]++;
    result.id = 14695981039346656037ULL;
    for (const int rank : result.members) result.id = (result.id ^ static_cast<std::uint64_t>(rank)) * 1099511628211ULL;  // FNV-1a
    result.id = result.id * 1099511628211ULL + static_cast<std::uint64_t>(result.number) + 1;
}

}  // namespace

std::vector<int> world_ranks_of(MPI_Group group) {
    int size = 0;
    PMPI_Group_size(group, &size);
    std::vector<int> own(static_cast<std::size_t>(size)), result(own.size());
    for (int i = 0; i < size; ++i) own[static_cast<std::size_t>(i)] = i;
    MPI_Group world = MPI_GROUP_NULL;
    PMPI_Comm_group(MPI_COMM_WORLD, &world);
    PMPI_Group_translate_ranks(group, size, own.data(), world, result.data());
    PMPI_Group_free(&world);
    for (int& rank : result) rank = rank == MPI_UNDEFINED ? outside_rank : rank;
    return result;
}

int Window::world_rank(int rank_in_call) const {
    if (rank_in_call == any_rank)
        return any_rank;
    return rank_in_call >= 0 && static_cast<std::size_t>(rank_in_call) < members.size() ? members[static_cast<std::size_t>(rank_in_call)] : no_rank;
}

std::string Window::label() const {
    const std::lock_guard lock(details_mutex);
    if (!name.empty())
        return "window \"" + name + '"';
    return "the window of ranks " + rank_list(members) + (number == 0 ? "" : " (number " + std::to_string(number + 1) + " of these)");
}

Window* window_info(MPI_Win win) {
    if (win == MPI_WIN_NULL)
        return nullptr;
    const std::lock_guard lock(mutex);
    void* found = nullptr;
    int flag = 0;
    PMPI_Win_get_attr(win, keyval(), &found, &flag);
    if (flag == 0) {
        Window& made = all.emplace_back();
        describe(win, made);
        PMPI_Win_set_attr(win, keyval(), &made);
        found = &made;
    }
    return static_cast<Window*>(found);
}

std::vector<const Window*> windows() {
    const std::lock_guard lock(mutex);
    std::vector<const Window*> result;
    result.reserve(all.size());
    for (const Window& window : all) result.push_back(&window);
    return result;
}

void take_lock(const Window* window, int target, bool is_exclusive) {
    HeldLock lock{window, target, is_exclusive, {}, 0};
    lock.depth = backtrace(lock.frames.data(), static_cast<int>(lock.frames.size()));
    const std::lock_guard guard(mutex);
    locks.push_back(lock);
}

void give_lock_back(const Window* window, int target) {
    const std::lock_guard guard(mutex);
    const auto found = std::find_if(locks.begin(), locks.end(), [&](const HeldLock& l) { return l.window == window && l.target == target; });
    if (found != locks.end())
        locks.erase(found);
}

std::vector<HeldLock> held_locks() {
    const std::lock_guard guard(mutex);
    return locks;
}

bool has_exclusive_lock(const Window* window, int target) {
    const std::lock_guard guard(mutex);
    return std::any_of(locks.begin(), locks.end(),
                       [&](const HeldLock& l) { return l.window == window && l.is_exclusive && overlaps(l.target, target); });
}

}  // namespace mpi4cxx::trace
