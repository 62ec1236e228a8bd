#include <mpi4cxx/detail/windows/window_state.hpp>

#include <mpi4cxx/error.hpp>
#include <mpi4cxx/group.hpp>

#include "windows/window_private.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

namespace {

void check_no_lock(const WindowState& state, Caller caller) {
    if (state.is_any_locked())
        misuse(caller, "a lock is held on this window: unlock it first");
}

void check_not_started(const WindowState& state, Caller caller) {
    if (state.own->is_started)
        misuse(caller, "an epoch of Start is open: Complete it first");
}

void check_not_posted(const WindowState& state, Caller caller) {
    if (state.own->is_posted)
        misuse(caller, "an epoch of Post is open: Wait for it first");
}

/// Returns the ranks in the window of the processes of `group`. Throws std::invalid_argument if the window does not have them all.
std::vector<int> ranks_of(const Group& group, const WindowState& state, Caller caller) {
    const Group all = Group::take(get<MPI_Win_get_group>(state.win, state.on(caller.at)));
    std::vector<int> ranks = group.Translate_ranks(all, caller.at);
    if (std::find_if(ranks.begin(), ranks.end(), [](int rank) { return rank < 0; }) != ranks.end())
        misuse(caller, "the group has processes that the window does not have");
    return ranks;
}

void check_is_locked(const WindowState& state, int target_rank, Caller caller) {
    check_target(state, target_rank, caller);
    if (state.own->access(target_rank) != WindowState::Access::locked)
        misuse(caller, "rank " + std::to_string(target_rank) + " is not locked by this process");
}

}  // namespace

void refuse_null_window(Caller caller) {
    refuse_null(MPI_ERR_WIN, caller.method, "the window is null: it was never made, moved from or freed", caller.at);
}

void check_target(const WindowState& state, int target_rank, Caller caller) {
    if (static_cast<unsigned>(target_rank) >= state.ranks)
        misuse(caller, "rank " + std::to_string(target_rank) + " in a window of " + std::to_string(state.size) + " processes");
}

WindowState::WindowState(MPI_Win raw) : win(raw), own(std::make_unique<Private>()) {}
WindowState::~WindowState() = default;

std::shared_ptr<WindowState> null_window() noexcept {
    // never destroyed, because windows may be destroyed later
    static WindowState& state = *new WindowState(MPI_WIN_NULL);  // NOLINT(bugprone-unhandled-exception-at-new)
    return {std::shared_ptr<void>(), &state};
}

void WindowState::open(OpenToAll all) noexcept {
    open_to_all = all;
    reachable = all != OpenToAll::no ? own->elements.data() : own->open.data();
}

void WindowState::open(int target_rank, Access access) noexcept {
    const auto i = static_cast<std::size_t>(target_rank);
    if (i >= own->targets.size())  // a borrowed window
        return;
    const Access before = std::exchange(own->targets[i].access, access);
    own->locks += static_cast<int>(access == Access::locked) - static_cast<int>(before == Access::locked);
    own->open[i] = access != Access::none ? own->elements[i] : 0;
}

std::string WindowState::name() const {
    char label[MPI_MAX_OBJECT_NAME] = "";
    int length = 0;
    if (win == MPI_WIN_NULL || MPI_Win_get_name(win, label, &length) != MPI_SUCCESS || length == 0)
        return "a window";
    return "window \"" + std::string(label) + '"';
}

void WindowState::fence(int assertion, At at) {
    check_no_lock(*this, {at, "Fence"});
    check_not_started(*this, {at, "Fence"});
    check_not_posted(*this, {at, "Fence"});
    flush_unlocked(at);
    call<MPI_Win_fence>(assertion, win, on(at));
    open((assertion & MPI_MODE_NOSUCCEED) != 0 ? OpenToAll::no : OpenToAll::fence);
}

void WindowState::start(const Group& group, int assertion, At at) {
    if (own->is_started)
        misuse({at, "Start"}, "an epoch of Start is open already: Complete it first");
    check_no_lock(*this, {at, "Start"});
    if (own->is_made)
        own->started = ranks_of(group, *this, {at, "Start"});
    call<MPI_Win_start>(group.handle(), assertion, win, on(at));
    open(OpenToAll::no);
    own->is_started = true;
    for (const int target : own->started) open(target, Access::started);
}

void WindowState::complete(At at) {
    if (own->is_made && !own->is_started)
        misuse({at, "Complete"}, "no epoch of Start is open");
    call<MPI_Win_complete>(win, on(at));
    own->is_started = false;
    for (const int target : own->started) open(target, Access::none);
    own->started.clear();
    flush_unlocked(at);
}

void WindowState::post(const Group& group, int assertion, At at) {
    if (own->is_posted)
        misuse({at, "Post"}, "an epoch of Post is open already: Wait for it first");
    if (own->is_made) {
        if (open_to_all == OpenToAll::lock || own->access(rank) == Access::locked)
            misuse({at, "Post"}, "this process has locked its own memory: unlock it first");
        (void)ranks_of(group, *this, {at, "Post"});
    }
    call<MPI_Win_post>(group.handle(), assertion, win, on(at));
    own->is_posted = true;
    if (open_to_all == OpenToAll::fence)
        open(OpenToAll::no);
}

void WindowState::wait(At at) {
    if (own->is_made && !own->is_posted)
        misuse({at, "Wait"}, "no epoch of Post is open");
    call<MPI_Win_wait>(win, on(at));
    own->is_posted = false;
}

bool WindowState::test(At at) {
    if (own->is_made && !own->is_posted)
        misuse({at, "Test"}, "no epoch of Post is open");
    const bool is_over = get<MPI_Win_test>(win, on(at)) != 0;
    own->is_posted = !is_over;
    return is_over;
}

// MPICH takes MPI_PROC_NULL in locks and Open MPI does not. Here it locks nothing on either.
void WindowState::lock(int target_rank, int lock_type, int assertion, At at) {
    if (target_rank == MPI_PROC_NULL)
        return;
    if (own->is_made) {
        check_target(*this, target_rank, {at, "Lock"});
        if (open_to_all == OpenToAll::lock || own->access(target_rank) == Access::locked)
            misuse({at, "Lock"}, "rank " + std::to_string(target_rank) + " is locked by this process already");
        check_not_started(*this, {at, "Lock"});
        if (target_rank == rank)
            check_not_posted(*this, {at, "Lock"});
    }
    call<MPI_Win_lock>(lock_type, target_rank, assertion, win, on(at));
    open(OpenToAll::no);
    open(target_rank, Access::locked);
}

void WindowState::unlock(int target_rank, At at) {
    if (target_rank == MPI_PROC_NULL)
        return;
    if (own->is_made)
        check_is_locked(*this, target_rank, {at, "Unlock"});
    call<MPI_Win_unlock>(target_rank, win, on(at));
    open(target_rank, Access::none);
}

void WindowState::lock_all(int assertion, At at) {
    if (is_any_locked())
        misuse({at, "Lock_all"}, "a lock is held on this window already: unlock it first");
    check_not_started(*this, {at, "Lock_all"});
    check_not_posted(*this, {at, "Lock_all"});
    call<MPI_Win_lock_all>(assertion, win, on(at));
    open(OpenToAll::lock);
}

void WindowState::unlock_all(At at) {
    if (own->is_made && open_to_all != OpenToAll::lock)
        misuse({at, "Unlock_all"}, "the window is not locked by Lock_all");
    flush_locked(at);
    call<MPI_Win_unlock_all>(win, on(at));
    open(OpenToAll::no);
}

bool WindowState::is_any_locked() const noexcept { return own->locks > 0 || open_to_all == OpenToAll::lock; }

// Open MPI's osc/ucx crashes where a rank is flushed that the window does not have. PROC_NULL is one.
bool WindowState::may_flush(int target_rank, Caller caller) const {
    if (target_rank == MPI_PROC_NULL)
        return false;
    if (!own->is_made)
        return true;
    if (open_to_all == OpenToAll::lock)
        check_target(*this, target_rank, caller);
    else
        check_is_locked(*this, target_rank, caller);
    return true;
}

void WindowState::flush(int target_rank, Caller caller) const {
    if (may_flush(target_rank, caller))
        call<MPI_Win_flush>(target_rank, win, on(caller.at));
}

void WindowState::flush_local(int target_rank, Caller caller) const {
    if (may_flush(target_rank, caller))
        call<MPI_Win_flush_local>(target_rank, win, on(caller.at));
}

void WindowState::check_is_any_locked(Caller caller) const {
    if (own->is_made && !is_any_locked())
        misuse(caller, "no lock is held on this window");
}

void WindowState::flush_all(Caller caller) const {
    check_is_any_locked(caller);
    flush_locked(caller.at);
    call<MPI_Win_flush_all>(win, on(caller.at));
}

void WindowState::flush_local_all(Caller caller) const {
    check_is_any_locked(caller);
    flush_locked(caller.at);
    call<MPI_Win_flush_local_all>(win, on(caller.at));
}

void WindowState::flush_locked(At at) const {
    if (!own->needs_flush_of_each || !is_any_locked())
        return;
    for (int target = 0; target < size; ++target)
        if (own->locks == 0 || own->access(target) == Access::locked)
            call<MPI_Win_flush>(target, win, on(at));
}

void WindowState::flush_unlocked(At at) const {
    if (!own->needs_flush_of_each)
        return;
    // A flush belongs into an epoch of locks. Without checks, locks of all processes cost nothing and conflict with none.
    call<MPI_Win_lock_all>(MPI_MODE_NOCHECK, win, on(at));
    for (int target = 0; target < size; ++target) call<MPI_Win_flush>(target, win, on(at));
    call<MPI_Win_unlock_all>(win, on(at));
}

void WindowState::check_free(At at) const {
    check_no_lock(*this, {at, "Free"});
    check_not_started(*this, {at, "Free"});
    check_not_posted(*this, {at, "Free"});
}

void WindowState::close_locks() noexcept try {
    if (own->is_started)
        complete({});
    if (open_to_all == OpenToAll::lock)
        unlock_all({});
    for (int target = 0; own->locks > 0 && target < size; ++target)
        if (own->access(target) == Access::locked)
            unlock(target, {});
} catch (...) {  // a destructor has nobody to tell
}

/// Ends the epoch of Post, if one is open, for MPICH does not free the window otherwise. Throws if processes that it is for do not end theirs.
static void end_exposure(WindowState& state, At at) {
    using clock = std::chrono::steady_clock;
    const clock::time_point end = clock::now() + std::chrono::seconds(5);
    while (state.own->is_posted && !state.test(at))
        if (clock::now() > end)
            throw Exception(MPI_ERR_RMA_SYNC, "Win", "an epoch of Post is open, and not all processes of its group have completed theirs",
                            state.on(at));
}

void end_window(WindowState& state, bool drops, At at) {
    state.close_locks();  // others may wait for them
    if (!drops)
        end_exposure(state, at);
    const MPI_Win raw = std::exchange(state.win, MPI_WIN_NULL);
    const auto free_together = [raw, at](bool all_idle) {
        if (!all_idle)  // MPICH does not free a window with an open epoch
            call<MPI_Win_fence>(MPI_MODE_NOSUCCEED, raw, at);
        MPI_Win freed = raw;
        call<MPI_Win_free>(&freed, at);
    };
    try {
        state.own->handle.end(free_together, drops, state.open_to_all == WindowState::OpenToAll::no, at);
    } catch (...) {
        state.win = raw;
        throw;
    }
}

namespace {

std::mutex mutex;
// In the order in which the windows were made, which is the same on all processes. Never destroyed, because MPI may end later.
auto& made_windows = *new std::vector<std::weak_ptr<WindowState>>;

void free_left_windows() noexcept {
    std::vector<std::weak_ptr<WindowState>> left;
    {
        const std::lock_guard lock(mutex);
        left = std::exchange(made_windows, {});
    }
    for (const auto& window : left) {
        const auto state = window.lock();
        if (state == nullptr || !state->own->handle.is_made())
            continue;
        try {
            end_window(*state, false, {});
        } catch (const std::exception& error) {
            warn_of_left_window(error);
        }
    }
}

}  // namespace

void note_window(const std::shared_ptr<WindowState>& state) {
    const std::lock_guard lock(mutex);
    std::erase_if(made_windows, [](const auto& window) { return window.expired(); });
    made_windows.push_back(state);
    free_left_at_finalize(free_left_windows);
}

void warn_of_left_window(const std::exception& error) noexcept {
    std::fprintf(stderr, "mpi4cxx: warning: a window could not be freed: %s\n", error.what());
}

}  // namespace MPI4CXX::detail
