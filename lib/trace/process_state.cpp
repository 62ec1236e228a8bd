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

Window::Epochs epochs_of(const Window& window, int peer) {
    const std::lock_guard lock(details_mutex);
    return window.epochs.at(peer);
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
    return "on " + target.window->label() + (target.number > 0 ? " (its " + ordinal(target.number) + " collective call)" : "");
}

/// Adds for what a synchronization waits.
void add_window_wait(const WaitTarget& target, std::vector<ProcessState::MessageEnd>& ends) {
    const std::string_view function = functions[target.function].name;
    const Window& window = *target.window;
    const auto [posted, started] = let_in(window);
    const auto add = [&](WaitTarget::Kind kind, int peer, int tag, std::int64_t number) {
        ends.push_back({kind, window.id, peer, tag, number, 0, 0, window.label()});
    };
    if (is_about_locks(function))
        add(WaitTarget::Kind::lock, target.peer, target.is_exclusive ? 1 : 0, 0);
    else if (function == "MPI_Win_complete" || function == "MPI_Win_start")
        for (const int peer : started) add(WaitTarget::Kind::post, peer, 0, epochs_of(window, peer).starts);
    else if (function == "MPI_Win_wait")
        for (const int peer : posted) add(WaitTarget::Kind::complete, peer, 0, epochs_of(window, peer).posts);
    else if (target.number > 0)
        add(WaitTarget::Kind::collective, no_rank, 0, target.number);
}

/// Adds the collective call in which a thread waits.
void add_collective(const WaitTarget& target, ProcessState& result) {
    if (target.kind == WaitTarget::Kind::window) {
        result.collectives.push_back(
            {target.window->id, target.number, no_rank, name_of(target.function), target.window->label(), target.window->members});
        return;
    }
    const Communicator& comm = *target.comm;
    std::vector<int> members = comm.members;
    if (comm.is_inter)
        members.insert(members.end(), comm.peers.begin(), comm.peers.end());
    // The two groups of an intercommunicator give different roots.
    result.collectives.push_back({comm.id, target.number, comm.is_inter ? no_rank : target.root, name_of(target.function), comm.label(), members});
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
std::string describe(int function, const std::vector<WaitTarget>& targets, bool any) {
    constexpr std::size_t most_parts = 8;
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < targets.size() && parts.size() < most_parts; ++i) {
        std::string part = (targets[i].function == function ? "" : name_of(targets[i].function) + " ") + describe(targets[i]);
        if (std::find(parts.begin(), parts.end(), part) == parts.end())
            parts.push_back(std::move(part));
    }
    std::string result = name_of(function);
    for (std::size_t i = 0; i < parts.size(); ++i)
        result += (i > 0 ? (any ? " or " : " and ") : targets[0].function == function ? " " : " for ") + parts[i];
    if (targets.size() > parts.size())
        result += " and others, " + std::to_string(targets.size()) + " in all";
    return result;
}

/// Returns "waits for sync::Mutex, after rank 0": the library names the communicators on which its locks wait. Of others, what a loop looks for.
std::string describe_loop(const std::vector<WaitTarget>& targets) {
    if (targets.empty() || targets[0].comm == nullptr || !targets[0].comm->label().starts_with("sync::"))
        return "a loop that looks for " + describe(targets.empty() ? -1 : targets[0].function, targets, true);
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

bool has_outsider(const std::vector<int>& ranks) { return std::any_of(ranks.begin(), ranks.end(), is_outside); }

/// Returns whether what a thread waits for may come whatever the processes of this world do. Of requests of files the trace knows nothing.
bool is_open(const WaitTarget& target) {
    if (target.kind == WaitTarget::Kind::window)
        return has_outsider(target.window->members);
    if (target.comm == nullptr)
        return target.kind == WaitTarget::Kind::none && target.function < 0;
    if (target.kind == WaitTarget::Kind::collective)
        return has_outsider(target.comm->members) || has_outsider(target.comm->peers);
    return is_outside(target.peer) || (target.peer == any_rank && has_outsider(target.comm->peers));
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
        result.lines.push_back(describe(thread.function, targets, thread.waits_for_any) + ", for " + seconds_text(now() - thread.since) + ", " +
                               place);
    else if (is_polling)
        result.lines.push_back(describe_loop(targets) + ", for " + seconds_text(idle) + ", " + place);
    else
        result.lines.push_back("outside MPI, for " + seconds_text(now() - (thread.polls == 0 ? thread.since : moved)) + ", " + place);
    if (!is_blocked && !is_polling)
        return false;
    result.polls = result.polls || is_polling;
    ProcessState::ThreadWait& wait = result.threads.emplace_back();
    wait.any = thread.waits_for_any && targets.size() > 1;
    wait.loops = is_polling && !thread.polls_for_all;
    wait.open = (is_blocked && functions[thread.function].family == Family::file) || (is_polling && thread.polls_others);
    for (const WaitTarget& target : targets) {
        const bool is_window = target.kind == WaitTarget::Kind::window, is_collective = target.kind == WaitTarget::Kind::collective;
        if (is_open(target))
            wait.open = true;
        else if (is_window)
            add_window_wait(target, wait.ends);
        else if (is_message(target) || is_collective)
            wait.ends.push_back(end_of(target));
        else if (target.unready > 0)
            wait.others = true;
        if (is_collective || (is_window && target.number > 0))
            add_collective(target, result);
    }
    // Of a call that waits for nothing that is known here, nobody knows that it waits for ever.
    wait.open = wait.open || (wait.ends.empty() && !wait.others);
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
        result.held.push_back(
            {lock.window->id, lock.target, lock.is_exclusive, place_of(std::span(lock.frames.data(), static_cast<std::size_t>(lock.depth)))});
    for (const Window* const window : windows()) {
        result.collective_counts[window->id] = window->collectives;
        const std::lock_guard lock(details_mutex);
        for (const auto& [peer, epochs] : window->epochs) result.epochs.push_back({window->id, peer, epochs.posts, epochs.completes});
    }
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
            file << "thread " << wait.any << ' ' << wait.others << ' ' << wait.open << ' ' << wait.loops << '\n';
            for (const MessageEnd& end : wait.ends) file << "end " << end;
        }
        for (const MessageEnd& end : posted) file << "posted " << end;
        for (const PeerMessages& one : peer_messages) {
            file << "mail " << one.is_sent << ' ' << one.comm << ' ' << one.peer << ' ' << one.total << '\n';
            for (const MessageEnd& end : one.latest) file << "message " << end;
        }
        for (const Lock& lock : held) file << "held " << lock.window << ' ' << lock.target << ' ' << lock.is_exclusive << ' ' << lock.label << '\n';
        for (const Epochs& one : epochs) file << "epochs " << one.window << ' ' << one.peer << ' ' << one.posts << ' ' << one.completes << '\n';
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
            words >> wait.any >> wait.others >> wait.open >> wait.loops;
        } else if (what == "end") {
            words >> threads.back().ends.emplace_back();
        } else if (what == "posted") {
            words >> posted.emplace_back();
        } else if (what == "mail") {
            PeerMessages& one = peer_messages.emplace_back();
            words >> one.is_sent >> one.comm >> one.peer >> one.total;
        } else if (what == "message") {
            words >> peer_messages.back().latest.emplace_back();
        } else if (what == "held") {
            Lock& lock = held.emplace_back();
            words >> lock.window >> lock.target >> lock.is_exclusive;
            std::getline(words >> std::ws, lock.label);
        } else if (what == "epochs") {
            Epochs& one = epochs.emplace_back();
            words >> one.window >> one.peer >> one.posts >> one.completes;
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
