#include "runtime/finalize.hpp"

#include "runtime/end_of_comm.hpp"
#include "runtime/kept_text.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

namespace {

std::mutex mutex;
using Actions = std::vector<void (*)()>;
/// What ends with MPI. Never destroyed, because sessions that are static objects end later, and MPI itself may end the process. Made when it is first
/// used, because a static library's own objects may be made later than the program's.
struct Kept {
    Actions at_finalize, at_end;
    std::vector<MPI_Session> sessions;
    std::vector<void (*)()> bound;  // the functions that unbind each bound `entry`
};
Kept& kept() {
    static auto& all = *new Kept;
    return all;
}
bool has_ended_with_session = false;

std::atomic<bool> has_own_handler = false;

void unbind_all() {
    const std::lock_guard lock(mutex);
    for (void (*const unbind)() : kept().bound) unbind();
    kept().bound.clear();  // if later actions bind again, this is called again
}

void run(Actions& actions) {
    while (true) {
        void (*action)() = nullptr;
        {
            const std::lock_guard lock(mutex);
            if (actions.empty())
                return;
            action = actions.back();
            actions.pop_back();
        }
        action();
    }
}

// MPI_Finalize begins by deleting the attributes of COMM_SELF, which calls this function (MPI-4.0, 11.2.4).
int on_finalize(MPI_Comm, int, void*, void*) {
    run(kept().at_finalize);
    if (!is_session_open())
        run(kept().at_end);
    return MPI_SUCCESS;
}

/// Lets MPI_Finalize run the actions. MPI_Init can be called once, so this happens once.
void hook() {
    static std::atomic<bool> hooked = false;
    if (!has_world() || hooked.exchange(true))  // not the initializer of a static: the calls below call this function themselves
        return;
    at_end_of(MPI_COMM_SELF, on_finalize);
}

void add(Actions& actions, void (*action)()) {
    {
        const std::lock_guard lock(mutex);
        actions.push_back(action);
    }
    hook();
}

/// Returns a communicator on which this process can end the job.
MPI_Comm reachable() noexcept {
    if (has_world())
        return MPI_COMM_WORLD;
    MPI_Group self = MPI_GROUP_NULL;
    MPI_Comm comm = MPI_COMM_NULL;
    MPI_Group_from_session_pset(kept().sessions.front(), "mpi://SELF", &self);
    MPI_Comm_create_from_group(self, "org.mpi4cxx.abort", MPI_INFO_NULL, MPI_ERRORS_RETURN, &comm);
    return comm;
}

/// Sets the rank of this process in the job, and how many there are. Within an error handler MPICH takes no communicator's group.
void find_place(int* rank, int* size) noexcept {
    if (has_world()) {
        MPI_Comm_rank(MPI_COMM_WORLD, rank);
        MPI_Comm_size(MPI_COMM_WORLD, size);
        return;
    }
    MPI_Group job = MPI_GROUP_NULL;
    MPI_Group_from_session_pset(kept().sessions.front(), "mpi://WORLD", &job);
    MPI_Group_rank(job, rank);
    MPI_Group_size(job, size);
}

}  // namespace

std::atomic<int> open_sessions = 0;

namespace {

std::atomic<bool> is_child = false;

}  // namespace

void note_forks() {
    static const int result = pthread_atfork(nullptr, nullptr, [] {
        is_child = true;
        open_sessions = 0;
    });
    static_cast<void>(result);  // without memory for the handler, children do not know
}

bool is_forked() noexcept { return is_child.load(std::memory_order_relaxed); }

bool has_world() noexcept {
    if (is_forked())
        return false;
    int initialized = 0, finalized = 0;
    MPI_Initialized(&initialized);
    MPI_Finalized(&finalized);
    return initialized != 0 && finalized == 0;
}

bool is_running() noexcept { return is_session_open() || has_world(); }

bool has_ended() noexcept {
    int finalized = 0;
    MPI_Finalized(&finalized);
    return !is_running() && (finalized != 0 || has_ended_with_session);
}

void at_finalize(void (*action)()) { add(kept().at_finalize, action); }
void at_end(void (*action)()) { add(kept().at_end, action); }

void note_session(MPI_Session session) {
    const std::lock_guard lock(mutex);
    auto& sessions = kept().sessions;
    if (std::find(sessions.begin(), sessions.end(), session) == sessions.end())
        sessions.push_back(session);
    open_sessions = static_cast<int>(sessions.size());
}

void before_end_of_session() {
    hook();  // if the program has called MPI_Init since
    if (has_world() || open_sessions > 1)
        return;
    run(kept().at_finalize);
    run(kept().at_end);
}

void forget_session(MPI_Session session) noexcept {
    const std::lock_guard lock(mutex);
    auto& sessions = kept().sessions;
    sessions.erase(std::remove(sessions.begin(), sessions.end(), session), sessions.end());
    open_sessions = static_cast<int>(sessions.size());
    has_ended_with_session = sessions.empty() && !has_world();
}

MPI_Session only_session() noexcept {
    const std::lock_guard lock(mutex);
    const auto& sessions = kept().sessions;
    return sessions.size() == 1 && !has_world() ? sessions.front() : MPI_SESSION_NULL;
}

bool loses_codes() noexcept { return has_own_handler; }

int exchange_handled_code(int code) noexcept {
    thread_local int handled = MPI_SUCCESS;
    return std::exchange(handled, code);
}

void find_lost_codes() {
    if (loses_errors_after_handler() && !has_own_handler.exchange(true))
        unbind_all();
}

int enter(void (*unbind)()) {
    if (!is_running())
        return outside_mpi();
    bool is_first = false;
    {
        const std::lock_guard lock(mutex);
        is_first = kept().bound.empty();
        kept().bound.push_back(unbind);
    }
    if (is_first)
        at_end(unbind_all);
    return MPI_SUCCESS;
}

namespace {

std::atomic<bool> aborts = false;

}  // namespace

bool is_aborting() noexcept { return aborts; }

void abort_after_output(MPI_Comm comm, int code) noexcept {
    aborts = true;
    std::fflush(stdout);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    MPI_Abort(comm, code);
    std::_Exit(code);
}

namespace {

thread_local KeptText last_error;

}  // namespace

void note_error(const char* text) noexcept { last_error.keep(text); }

void abort_job(const char* message) noexcept {
    int rank = 0, size = 1;
    if (is_running())
        find_place(&rank, &size);
    std::fflush(stdout);
    std::fprintf(stderr, "rank %d of %d: %s\n", rank, size, message);
    if (std::uncaught_exceptions() > 0)  // C++ does not tell which exception it is
        std::fprintf(stderr, "rank %d of %d: %s%s\n", rank, size,
                     *last_error.text() != '\0' ? "this thread's last error in a call of mpi4cxx was: "
                                                : "the exception is not from a call of mpi4cxx: `catch throw` in gdb shows it",
                     last_error.text());
    std::fflush(stderr);
    if (is_running())
        abort_after_output(reachable(), EXIT_FAILURE);
    std::_Exit(EXIT_FAILURE);
}

}  // namespace MPI4CXX::detail
