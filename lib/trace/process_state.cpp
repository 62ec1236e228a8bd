// The state of a process for the watchdog: gathers, writes and reads it.
#include "trace/process_state.hpp"

#include "trace/stack.hpp"
#include "trace/text.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace mpi4cxx::trace {

namespace {

std::string seconds_text(std::int64_t nanoseconds) {
    const std::int64_t tenths = nanoseconds / 100'000'000;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

std::string name_of(int function) { return function < 0 ? "an operation" : std::string(functions[function].name); }

bool is_about_locks(std::string_view function) { return function.find("lock") != function.npos || function.find("flush") != function.npos; }

/// Returns whom the latest Post has let in, and whom the latest Start accesses.
std::pair<std::vector<int>, std::vector<int>> let_in(const Window& window) {
    const std::lock_guard lock(details_mutex);
    return {window.posted, window.started};
}

/// Returns 'for the lock of rank 0 in window "halo"', 'for the Post of ranks 1, 2 in window "halo"'.
std::string describe_window(const WaitTarget& target) {
    const std::string_view function = functions[target.function].name;
    const std::string where = " in " + target.window->label();
    const auto [posted, started] = let_in(*target.window);
    if (is_about_locks(function))
        return "for the lock of " + (target.peer == any_rank ? "all ranks" : "rank " + std::to_string(target.peer)) + where;
    if (function == "MPI_Win_complete" || function == "MPI_Win_start")
        return "for the Post of " + ranks_text(started) + where;
    if (function == "MPI_Win_wait")
        return "for the Complete of " + ranks_text(posted) + where;
    return "on " + target.window->label() + (target.number > 0 ? " (its " + ordinal(target.number) + " fence)" : "");
}

/// Adds for what a synchronization waits.
void add_window_wait(const WaitTarget& target, ProcessState& result) {
    const std::string_view function = functions[target.function].name;
    const Window& window = *target.window;
    const auto [posted, started] = let_in(window);
    if (is_about_locks(function))
        result.wanted.push_back({window.id, target.peer, window.label()});
    else if (function == "MPI_Win_complete" || function == "MPI_Win_start")
        result.awaited.insert(result.awaited.end(), started.begin(), started.end());
    else if (function == "MPI_Win_wait")
        result.awaited.insert(result.awaited.end(), posted.begin(), posted.end());
    else if (target.number > 0)
        result.collectives.push_back({window.id, target.number, no_rank, std::string(function), window.label(), window.members});
}

/// Returns "from rank 1, tag 7, MPI_COMM_WORLD".
std::string describe(const WaitTarget& target) {
    if (target.kind == WaitTarget::Kind::window)
        return describe_window(target);
    if (target.comm == nullptr)
        return "";
    if (target.kind == WaitTarget::Kind::collective)
        return "on " + target.comm->label() + " (its " + ordinal(target.number) + " collective call)";
    const std::string peer = target.peer == any_rank       ? "any rank"
                             : target.peer == no_rank      ? "no rank"
                             : target.peer == outside_rank ? "a rank outside this world"
                                                           : "rank " + std::to_string(target.peer);
    const std::string tag = target.tag == MPI_ANY_TAG ? "any tag" : "tag " + std::to_string(target.tag);
    return (target.kind == WaitTarget::Kind::send ? "to " : "from ") + peer + ", " + tag + ", " + target.comm->label() +
           (target.unready == 0 ? "" : " (without Pready for " + std::to_string(target.unready) + " of its partitions)");
}

/// Returns "MPI_Wait for MPI_Irecv from …": the call and what it waits for.
std::string describe(int function, const std::vector<WaitTarget>& targets, std::size_t count, bool any) {
    std::string result = name_of(function);
    const bool is_own = targets.size() == 1 && targets[0].function == function;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const bool repeats = targets[i].function == function;
        result += is_own ? " " : i > 0 ? (any ? " or " : " and ") : repeats ? " " : " for ";
        result += (repeats ? "" : name_of(targets[i].function) + " ") + describe(targets[i]);
    }
    if (count > targets.size())
        result += " and others, " + std::to_string(count) + " in all";
    return result;
}

/// Returns "waits for sync::Mutex, after rank 0": the library names the communicators on which its locks wait. Of others, what a loop looks for.
std::string describe_loop(const std::vector<WaitTarget>& targets) {
    if (targets.empty() || targets[0].comm == nullptr || !targets[0].comm->label().starts_with("sync::"))
        return "a loop that looks for " + describe(targets.empty() ? -1 : targets[0].function, targets, 0, true);
    return "waits for " + targets[0].comm->label() + (targets[0].peer < 0 ? "" : ", after rank " + std::to_string(targets[0].peer));
}

constexpr std::int64_t second = 1'000'000'000;

/// Returns whether a thread only polls in a loop, by the last seconds: it may have polled before, and compute or sleep since. On a busy machine it
/// may rarely get to poll, so the polls are compared with its CPU time.
bool is_loop(Thread& thread) {
    constexpr std::int64_t polls_a_second = 10, polls_a_second_of_computing = 1000;
    clockid_t clock{};
    if (pthread_getcpuclockid(thread.handle, &clock) != 0)
        return false;
    const Thread::Polls current{thread.polls, now(clock), now()};
    if (thread.polls == 0 || thread.polls < thread.latest.number || thread.latest.at == 0)  // something has moved
        thread.before = thread.latest = {0, current.computed, current.at};
    const std::int64_t polls = current.number - thread.before.number, computed = current.computed - thread.before.computed;
    const std::int64_t passed = current.at - thread.before.at;
    if (current.at - thread.latest.at > 2 * second)
        thread.before = std::exchange(thread.latest, current);
    const bool still_polls = thread.polls > 0 && (thread.function >= 0 || current.at - thread.since < second);
    return still_polls && passed >= second && polls >= polls_a_second * (passed / second) && polls >= polls_a_second_of_computing * computed / second;
}

bool is_outside(int rank) { return rank == outside_rank; }

/// Returns whether what a thread waits for may come whatever the processes of this world do. Of requests of files the trace knows nothing.
bool is_open(const WaitTarget& target) {
    if (target.comm == nullptr)
        return target.kind == WaitTarget::Kind::none && target.function < 0;
    const std::vector<int>& peers = target.comm->peers;
    return is_outside(target.peer) ||
           ((target.peer == any_rank || target.kind == WaitTarget::Kind::collective) && std::any_of(peers.begin(), peers.end(), is_outside));
}

bool is_message(const WaitTarget& target) {
    return target.comm != nullptr && target.peer != no_rank && target.unready == 0 &&
           (target.kind == WaitTarget::Kind::send || target.kind == WaitTarget::Kind::receive || target.kind == WaitTarget::Kind::probe);
}

ProcessState::MessageEnd end_of(const WaitTarget& target) {
    const std::int64_t number = target.kind == WaitTarget::Kind::receive || target.kind == WaitTarget::Kind::probe ? target.order : target.number;
    return {target.kind, target.comm->id, target.peer, target.tag, number, target.count, target.bytes, target.comm->label()};
}

/// Returns the messages to or from a process, without the sends that lack a partition.
ProcessState::PeerMessages peer_messages_of(const MessageHistories::Key& key, const MessageHistory& history, bool is_sent,
                                            const std::vector<WaitTarget>& unready = {}) {
    const Communicator* const comm = key.first;
    const int peer = key.second;
    const auto is_unready = [&](std::int64_t number) {
        return std::any_of(unready.begin(), unready.end(),
                           [&](const WaitTarget& send) { return send.comm == comm && send.peer == peer && send.number == number; });
    };
    ProcessState::PeerMessages peer_messages{is_sent, comm->id, peer, history.total, {}};
    const auto kind = is_sent ? WaitTarget::Kind::send : WaitTarget::Kind::receive;
    for (const MessageHistory::Message& m : history.latest)
        if (is_unready(m.number))
            --peer_messages.total;
        else
            peer_messages.latest.push_back({kind, comm->id, peer, m.tag, m.number, m.count, m.bytes, comm->label()});
    return peer_messages;
}

/// Adds one thread; returns whether it waits in MPI.
bool add_thread(Thread& thread, const std::vector<WaitTarget>& unready, ProcessState& result) {
    const std::lock_guard lock(thread.mutex);
    const std::int64_t moved = last_activity, idle = now() - moved;
    const bool is_blocked = thread.function >= 0 && thread.polls == 0;
    const bool is_polling = thread.polls > 0 && thread.is_looping;
    std::vector<WaitTarget> targets = is_polling ? thread.polled : thread.targets;
    for (WaitTarget& target : targets) {
        const auto same = std::find_if(unready.begin(), unready.end(), [&](const WaitTarget& send) { return send.order == target.order; });
        target.unready = same == unready.end() ? 0 : same->unready;
    }
    const bool is_asleep = !is_blocked && !is_polling && !is_computing(thread.task);
    const std::string place = is_asleep ? "asleep" : place_of(thread.handle);
    if (is_blocked)
        result.lines.push_back(describe(thread.function, targets, thread.target_count, thread.waits_for_any) + ", for " +
                               seconds_text(now() - thread.since) + ", " + place);
    else if (is_polling)
        result.lines.push_back(describe_loop(targets) + ", for " + seconds_text(idle) + ", " + place);
    else
        result.lines.push_back("outside MPI, for " + seconds_text(now() - (thread.polls == 0 ? thread.since : moved)) + ", " + place);
    if (!is_blocked && !is_polling)
        return false;
    result.polls = result.polls || is_polling;
    ProcessState::ThreadWait& wait = result.threads.emplace_back();
    wait.any = thread.waits_for_any && targets.size() > 1;
    wait.others = is_blocked && thread.target_count > targets.size();
    wait.open = is_blocked && functions[thread.function].family == Family::file;
    for (const WaitTarget& target : targets) {
        const bool is_collective = target.kind == WaitTarget::Kind::collective && target.comm != nullptr && !target.comm->is_inter;
        const bool is_fence = target.kind == WaitTarget::Kind::window && target.number > 0;
        if (is_open(target))
            wait.open = true;
        else if (is_message(target) || is_collective)
            wait.ends.push_back(end_of(target));
        else if (is_fence)
            wait.ends.push_back({WaitTarget::Kind::collective, target.window->id, no_rank, 0, target.number, 0, 0, target.window->label()});
        else
            wait.others = true;
        if (target.kind == WaitTarget::Kind::window)
            add_window_wait(target, result);
        if (is_collective)
            result.collectives.push_back(
                {target.comm->id, target.number, target.root, name_of(target.function), target.comm->label(), target.comm->members});
    }
    return true;
}

}  // namespace

bool observe_loops() {
    const std::lock_guard lock(threads_mutex);
    bool is_new = false;
    for (Thread* const thread : threads) {
        const std::lock_guard thread_lock(thread->mutex);
        const bool was_looping = std::exchange(thread->is_looping, is_loop(*thread));
        is_new = is_new || was_looping != thread->is_looping;
    }
    return is_new;
}

ProcessState current_process_state() {
    ProcessState result;
    result.activities = activities;
    std::vector<WaitTarget> unready;
    {
        const std::lock_guard lock(log_mutex);
        unready = unready_sends();
    }
    {
        const std::lock_guard lock(threads_mutex);
        result.waits = !threads.empty();  // a process whose threads have all ended, but one that never calls MPI
        for (Thread* const thread : threads) result.waits = add_thread(*thread, unready, result) && result.waits;
    }
    for (const HeldLock& lock : held_locks())
        result.held.push_back({lock.window->id, lock.target, place_of(std::span(lock.frames.data(), static_cast<std::size_t>(lock.depth)))});
    for (const Window* const window : windows()) result.collective_counts[window->id] = window->fences;
    const std::lock_guard lock(log_mutex);
    for (const WaitTarget& receive : posted_receives())
        if (is_message(receive))
            result.posted.push_back(end_of(receive));
    for (const auto& [key, history] : message_histories.sent) result.peer_messages.push_back(peer_messages_of(key, history, true, unready));
    for (const auto& [key, history] : message_histories.received) result.peer_messages.push_back(peer_messages_of(key, history, false));
    for (const Communicator* const comm : communicators()) result.collective_counts[comm->id] = comm->collectives;
    return result;
}

namespace {

std::ostream& operator<<(std::ostream& out, const ProcessState::MessageEnd& end) {
    return out << static_cast<int>(end.kind) << ' ' << end.comm << ' ' << end.peer << ' ' << end.tag << ' ' << end.number << ' ' << end.count << ' '
               << end.bytes << ' ' << end.label << '\n';
}

std::istream& operator>>(std::istream& in, ProcessState::MessageEnd& end) {
    int kind = 0;
    in >> kind >> end.comm >> end.peer >> end.tag >> end.number >> end.count >> end.bytes;
    end.kind = static_cast<WaitTarget::Kind>(kind);
    return std::getline(in >> std::ws, end.label);
}

}  // namespace

bool ProcessState::save(const std::string& path) const {
    bool is_written = false;
    {
        std::ofstream file(path + ".part");
        file << "activities " << activities << ' ' << waits << ' ' << version << ' ' << polls << '\n';
        for (const std::string& line : lines) file << "line " << line << '\n';
        for (const ThreadWait& wait : threads) {
            file << "thread " << wait.any << ' ' << wait.others << ' ' << wait.open << '\n';
            for (const MessageEnd& end : wait.ends) file << "end " << end;
        }
        for (const MessageEnd& end : posted) file << "posted " << end;
        for (const PeerMessages& one : peer_messages) {
            file << "mail " << one.is_sent << ' ' << one.comm << ' ' << one.peer << ' ' << one.total << '\n';
            for (const MessageEnd& end : one.latest) file << "message " << end;
        }
        for (const Lock& lock : held) file << "held " << lock.window << ' ' << lock.target << ' ' << lock.label << '\n';
        for (const Lock& lock : wanted) file << "wanted " << lock.window << ' ' << lock.target << ' ' << lock.label << '\n';
        for (const int rank : awaited) file << "awaited " << rank << '\n';
        for (const CollectiveCall& collective : collectives) {
            file << "meeting " << collective.comm << ' ' << collective.number << ' ' << collective.root << ' ' << collective.function << ' '
                 << collective.members.size();
            for (const int rank : collective.members) file << ' ' << rank;
            file << ' ' << collective.label << '\n';
        }
        for (const auto& [comm, count] : collective_counts) file << "past " << comm << ' ' << count << '\n';
        is_written = !file.flush().fail();
    }
    return put_in_place(path, is_written);
}

bool ProcessState::load(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    *this = {};
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string what;
        words >> what;
        if (what == "activities") {
            words >> activities >> waits >> version >> polls;
        } else if (what == "line") {
            lines.push_back(line.substr(5));
        } else if (what == "thread") {
            ThreadWait& wait = threads.emplace_back();
            words >> wait.any >> wait.others >> wait.open;
        } else if (what == "end") {
            words >> threads.back().ends.emplace_back();
        } else if (what == "posted") {
            words >> posted.emplace_back();
        } else if (what == "mail") {
            PeerMessages& one = peer_messages.emplace_back();
            words >> one.is_sent >> one.comm >> one.peer >> one.total;
        } else if (what == "message") {
            words >> peer_messages.back().latest.emplace_back();
        } else if (what == "held" || what == "wanted") {
            Lock& lock = (what == "held" ? held : wanted).emplace_back();
            words >> lock.window >> lock.target;
            std::getline(words >> std::ws, lock.label);
        } else if (what == "awaited") {
            words >> awaited.emplace_back();
        } else if (what == "past") {
            std::uint64_t comm = 0;
            words >> comm >> collective_counts[comm];
        } else if (what == "meeting") {
            CollectiveCall& collective = collectives.emplace_back();
            std::size_t size = 0;
            words >> collective.comm >> collective.number >> collective.root >> collective.function >> size;
            collective.members.resize(size);
            for (int& rank : collective.members) words >> rank;
            std::getline(words >> std::ws, collective.label);
        }
    }
    return activities >= 0;
}

}  // namespace mpi4cxx::trace
