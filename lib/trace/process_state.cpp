#include "trace/process_state.hpp"

#include "trace/stack.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mpi4cxx::trace {

namespace {

std::string seconds_text(std::int64_t nanoseconds) {
    const std::int64_t tenths = nanoseconds / 100'000'000;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

std::string name_of(int function) { return function < 0 ? "an operation" : std::string(functions[function].name); }

std::string ordinal(std::int64_t number) {
    const std::int64_t last = number % 10;
    const bool is_teen = number / 10 % 10 == 1;
    return std::to_string(number) + (is_teen || last == 0 || last > 3 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : "rd");
}

/// "from rank 1, tag 7, MPI_COMM_WORLD"
std::string describe(const WaitTarget& target) {
    if (target.comm == nullptr)
        return "";
    if (target.kind == WaitTarget::Kind::collective)
        return "on " + target.comm->label() + " (its " + ordinal(target.number) + " collective call)";
    const std::string peer = target.peer == anybody    ? "any rank"
                             : target.peer == nobody   ? "no rank"
                             : target.peer == outsider ? "a rank outside this world"
                                                       : "rank " + std::to_string(target.peer);
    const std::string tag = target.tag == MPI_ANY_TAG ? "any tag" : "tag " + std::to_string(target.tag);
    return (target.kind == WaitTarget::Kind::send ? "to " : "from ") + peer + ", " + tag + ", " + target.comm->label();
}

/// "MPI_Wait for MPI_Irecv from …": the call and what it waits for.
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

constexpr std::int64_t second = 1'000'000'000;

/// Whether a thread does nothing but look again and again. On a busy machine it may seldom come to that, so it is its own time that counts.
bool is_loop(const Thread& thread, std::int64_t idle) {
    constexpr std::int64_t polls_a_second = 10, polls_a_second_of_computing = 1000;
    clockid_t clock{};
    if (thread.polls == 0 || pthread_getcpuclockid(thread.handle, &clock) != 0)
        return false;
    const std::int64_t computed = now(clock) - thread.first_poll;
    return thread.polls >= polls_a_second * (idle / second) && thread.polls >= polls_a_second_of_computing * computed / second;
}

bool is_message(const WaitTarget& target) {
    return target.comm != nullptr && target.peer != nobody &&
           (target.kind == WaitTarget::Kind::send || target.kind == WaitTarget::Kind::receive || target.kind == WaitTarget::Kind::probe);
}

ProcessState::MessageEnd end_of(const WaitTarget& target) {
    const std::int64_t number = target.kind == WaitTarget::Kind::send ? target.number : target.order;
    return {target.kind, target.comm->id, target.peer, target.tag, number, target.count, target.bytes, target.comm->label()};
}

ProcessState::PeerMessages peer_messages_of(const MessageHistories::Key& key, const MessageHistory& history, bool is_sent) {
    const auto& [comm, peer] = key;
    ProcessState::PeerMessages peer_messages{is_sent, comm->id, peer, history.total, {}};
    const auto kind = is_sent ? WaitTarget::Kind::send : WaitTarget::Kind::receive;
    for (const MessageHistory::Message& m : history.latest)
        peer_messages.latest.push_back({kind, comm->id, peer, m.tag, m.number, m.count, m.bytes, comm->label()});
    return peer_messages;
}

/// Adds one thread; tells whether it waits in MPI.
bool add_thread(Thread& thread, ProcessState& result) {
    const std::lock_guard lock(thread.mutex);
    const std::int64_t moved = last_activity, idle = now() - moved;
    const bool is_blocked = thread.function >= 0 && thread.polls == 0;
    const bool is_polling = is_loop(thread, idle);
    const std::vector<WaitTarget>& targets = is_polling ? thread.polled : thread.targets;
    const bool is_asleep = !is_blocked && !is_polling && !is_computing(thread.task);
    const std::string place = is_asleep ? "asleep" : place_of(thread.handle);
    if (is_blocked)
        result.lines.push_back(describe(thread.function, targets, thread.target_count, thread.waits_for_any) + ", for " +
                               seconds_text(now() - thread.since) + ", " + place);
    else if (is_polling)
        result.lines.push_back("a loop that looks for " + describe(targets.empty() ? -1 : targets[0].function, targets, 0, true) + ", for " +
                               seconds_text(idle) + ", " + place);
    else
        result.lines.push_back("outside MPI, for " + seconds_text(now() - (thread.polls == 0 ? thread.since : moved)) + ", " + place);
    if (!is_blocked && !is_polling)
        return false;
    ProcessState::ThreadWait& wait = result.threads.emplace_back();
    wait.any = thread.waits_for_any && targets.size() > 1;
    wait.others = is_blocked && thread.target_count > targets.size();
    for (const WaitTarget& target : targets) {
        if (is_message(target))
            wait.ends.push_back(end_of(target));
        else
            wait.others = true;
        if (target.kind == WaitTarget::Kind::collective && target.comm != nullptr && !target.comm->is_inter)
            result.collectives.push_back({target.comm->id, target.number, name_of(target.function), target.comm->label(), target.comm->members});
    }
    return true;
}

}  // namespace

ProcessState current_process_state() {
    ProcessState result;
    result.activities = activities;
    result.waits = true;
    {
        const std::lock_guard lock(threads_mutex);
        for (Thread* const thread : threads) result.waits = add_thread(*thread, result) && result.waits;
    }
    const std::lock_guard lock(log_mutex);
    for (const WaitTarget& receive : posted_receives())
        if (is_message(receive))
            result.posted.push_back(end_of(receive));
    for (const auto& [key, history] : message_histories.sent) result.peer_messages.push_back(peer_messages_of(key, history, true));
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

void ProcessState::save(const std::string& path) const {
    {
        std::ofstream file(path + ".part");
        file << "activities " << activities << ' ' << waits << '\n';
        for (const std::string& line : lines) file << "line " << line << '\n';
        for (const ThreadWait& wait : threads) {
            file << "thread " << wait.any << ' ' << wait.others << '\n';
            for (const MessageEnd& end : wait.ends) file << "end " << end;
        }
        for (const MessageEnd& end : posted) file << "posted " << end;
        for (const PeerMessages& one : peer_messages) {
            file << "mail " << one.is_sent << ' ' << one.comm << ' ' << one.peer << ' ' << one.total << '\n';
            for (const MessageEnd& end : one.latest) file << "message " << end;
        }
        for (const CollectiveCall& collective : collectives) {
            file << "meeting " << collective.comm << ' ' << collective.number << ' ' << collective.function << ' ' << collective.members.size();
            for (const int rank : collective.members) file << ' ' << rank;
            file << ' ' << collective.label << '\n';
        }
        for (const auto& [comm, count] : collective_counts) file << "past " << comm << ' ' << count << '\n';
    }
    std::error_code ignored;
    std::filesystem::rename(path + ".part", path, ignored);
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
            words >> activities >> waits;
        } else if (what == "line") {
            lines.push_back(line.substr(5));
        } else if (what == "thread") {
            ThreadWait& wait = threads.emplace_back();
            words >> wait.any >> wait.others;
        } else if (what == "end") {
            words >> threads.back().ends.emplace_back();
        } else if (what == "posted") {
            words >> posted.emplace_back();
        } else if (what == "mail") {
            PeerMessages& one = peer_messages.emplace_back();
            words >> one.is_sent >> one.comm >> one.peer >> one.total;
        } else if (what == "message") {
            words >> peer_messages.back().latest.emplace_back();
        } else if (what == "past") {
            std::uint64_t comm = 0;
            words >> comm >> collective_counts[comm];
        } else if (what == "meeting") {
            CollectiveCall& collective = collectives.emplace_back();
            std::size_t size = 0;
            words >> collective.comm >> collective.number >> collective.function >> size;
            collective.members.resize(size);
            for (int& rank : collective.members) words >> rank;
            std::getline(words >> std::ws, collective.label);
        }
    }
    return activities >= 0;
}

namespace {

using Edges = std::vector<std::vector<int>>;
using Ends = std::vector<ProcessState::MessageEnd>;

bool has_tag(const ProcessState::MessageEnd& receive, int tag) { return receive.tag == MPI_ANY_TAG || receive.tag == tag; }

/// The messages that are under way: sent, and not received as far as the receiver's program knows.
class Messages {
public:
    explicit Messages(const std::vector<ProcessState>& ranks) {
        for (std::size_t rank = 0; rank < ranks.size(); ++rank) add_sent(ranks, static_cast<int>(rank));
        for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
            Ends receives = ranks[rank].posted;
            for_each_end(ranks[rank], [&](const ProcessState::MessageEnd& end) {
                if (end.kind == WaitTarget::Kind::receive && end.number == 0)
                    receives.push_back(end);
            });
            for (const ProcessState::MessageEnd& receive : receives)
                if (UnderWay* const message = find(receive, static_cast<int>(rank)); message != nullptr) {
                    message->is_matched = true;
                    matched_.emplace_back(static_cast<int>(rank), receive.number);
                }
        }
    }

    /// Whether the other end of this one, which a thread of `rank` waits for, is there too.
    [[nodiscard]] bool is_matched(int rank, const ProcessState::MessageEnd& end) {
        if (end.kind == WaitTarget::Kind::probe)
            return find(end, rank) != nullptr;
        if (end.kind == WaitTarget::Kind::receive)
            return std::find(matched_.begin(), matched_.end(), std::pair(rank, end.number)) != matched_.end();
        return std::none_of(messages_.begin(), messages_.end(), [&](const UnderWay& m) {
            return !m.is_matched && m.from == rank && m.end.peer == end.peer && m.end.comm == end.comm && m.end.number == end.number;
        });
    }

    /// One line for each that no receive asks for.
    [[nodiscard]] std::string unreceived() const {
        constexpr int most_lines = 10;
        std::string result;
        int lines = 0;
        for (const UnderWay& m : messages_) {
            if (m.is_matched || ++lines > most_lines)
                continue;
            result += "  rank " + std::to_string(m.end.peer) + " has not received a message from rank " + std::to_string(m.from) + ", tag " +
                      std::to_string(m.end.tag) + ", " + m.end.label + ", of " +
                      (m.end.count == m.end.bytes ? "" : std::to_string(m.end.count) + " elements, ") + std::to_string(m.end.bytes) + " bytes.\n";
        }
        return result + (lines > most_lines ? "  " + std::to_string(lines - most_lines) + " more have not been received.\n" : "");
    }

private:
    struct UnderWay {
        int from;
        ProcessState::MessageEnd end;
        bool is_matched = false;
    };

    template <class F> static void for_each_end(const ProcessState& rank, F f) {
        for (const ProcessState::ThreadWait& wait : rank.threads)
            for (const ProcessState::MessageEnd& end : wait.ends) f(end);
    }

    void add_sent(const std::vector<ProcessState>& ranks, int from) {
        const ProcessState& sender = ranks[static_cast<std::size_t>(from)];
        for (const ProcessState::PeerMessages& sent : sender.peer_messages) {
            if (!sent.is_sent || static_cast<std::size_t>(sent.peer) >= ranks.size())
                continue;
            const std::vector<ProcessState::PeerMessages>& others = ranks[static_cast<std::size_t>(sent.peer)].peer_messages;
            const auto received = std::find_if(others.begin(), others.end(), [&](const ProcessState::PeerMessages& m) {
                return !m.is_sent && m.comm == sent.comm && m.peer == from;
            });
            Ends left = sent.latest, gone = received == others.end() ? Ends{} : received->latest;
            // Of one tag, the first that was sent is the first that is received.
            std::erase_if(left, [&](const ProcessState::MessageEnd& message) {
                const auto same = std::find_if(gone.begin(), gone.end(), [&](const ProcessState::MessageEnd& m) { return m.tag == message.tag; });
                const bool is_gone = same != gone.end();
                if (is_gone)
                    gone.erase(same);
                return is_gone;
            });
            const auto number = static_cast<std::size_t>(std::max(sent.total - (received == others.end() ? 0 : received->total), std::int64_t{0}));
            if (left.size() > number)
                left.erase(left.begin(), left.end() - static_cast<std::ptrdiff_t>(number));
            for (ProcessState::MessageEnd& message : left) messages_.push_back({from, std::move(message)});
        }
        for_each_end(sender, [&](const ProcessState::MessageEnd& end) {
            if (end.kind == WaitTarget::Kind::send && end.number == 0)
                messages_.push_back({from, end});
        });
    }

    UnderWay* find(const ProcessState::MessageEnd& receive, int rank) {
        const auto found = std::find_if(messages_.begin(), messages_.end(), [&](const UnderWay& m) {
            return !m.is_matched && m.end.peer == rank && m.end.comm == receive.comm && has_tag(receive, m.end.tag) &&
                   (receive.peer == anybody || receive.peer == m.from);
        });
        return found == messages_.end() ? nullptr : &*found;
    }

    std::vector<UnderWay> messages_;
    std::vector<std::pair<int, std::int64_t>> matched_;  // receives: the rank and the number
};

/// Whom a rank cannot go on without for a message; tells whether one of its threads can go on by itself.
bool add_edges(const ProcessState& state, int rank, Messages& messages, std::vector<int>& awaited) {
    bool is_progressing = false;
    for (const ProcessState::ThreadWait& wait : state.threads) {
        std::size_t matched = 0;
        for (const ProcessState::MessageEnd& end : wait.ends) {
            if (messages.is_matched(rank, end))
                ++matched;
            else if (end.peer >= 0 && !wait.any)
                awaited.push_back(end.peer);
        }
        is_progressing = is_progressing || (wait.any ? matched > 0 : matched > 0 && matched == wait.ends.size() && !wait.others);
    }
    return is_progressing;
}

/// What is wrong in a collective that some wait in; adds who waits for whom.
std::string explain_collective(const std::vector<ProcessState>& ranks, const ProcessState::CollectiveCall& collective, Edges& edges) {
    std::map<std::string, std::vector<int>> present;  // by function
    std::vector<int> missing;
    for (const int rank : collective.members) {
        if (rank < 0)
            continue;
        const ProcessState& other = ranks[static_cast<std::size_t>(rank)];
        const auto same = std::find_if(other.collectives.begin(), other.collectives.end(), [&](const ProcessState::CollectiveCall& m) {
            return m.comm == collective.comm && m.number == collective.number;
        });
        const auto collective_counts = other.collective_counts.find(collective.comm);
        if (same != other.collectives.end())
            present[same->function].push_back(rank);
        else if (collective_counts == other.collective_counts.end() || collective_counts->second < collective.number)
            missing.push_back(rank);
    }
    for (const auto& [function, waiting] : present) {
        for (const int rank : waiting) {
            std::vector<int>& awaited = edges[static_cast<std::size_t>(rank)];
            awaited.insert(awaited.end(), missing.begin(), missing.end());
            for (const auto& [other, others] : present)
                if (other != function)
                    awaited.insert(awaited.end(), others.begin(), others.end());
        }
    }
    if (missing.empty() && present.size() < 2)
        return "";
    std::string result = "  The " + ordinal(collective.number) + " collective call on " + collective.label + ": ";
    for (const auto& [function, waiting] : present)
        result += (waiting.size() == 1 ? "rank " : "ranks ") + rank_list(waiting) + (waiting.size() == 1 ? " is in " : " are in ") + function + ", ";
    if (missing.empty())
        return result + "which do not go together.\n";
    return result + (missing.size() == 1 ? "rank " : "ranks ") + rank_list(missing) + (missing.size() == 1 ? " has" : " have") + " not come to it.\n";
}

/// A way from a rank back to itself, that rank first and last; empty if there is none.
std::vector<int> cycle(Edges edges) {
    // Whoever awaits nobody is on none, nor is who awaits only such.
    const auto awaits_nobody = [&](int rank) { return edges[static_cast<std::size_t>(rank)].empty(); };
    for (bool again = true; again;) {
        again = false;
        for (std::vector<int>& awaited : edges) again = std::erase_if(awaited, awaits_nobody) > 0 || again;
    }
    std::vector<int> way;
    for (std::size_t start = 0; start < edges.size() && way.empty(); ++start)
        if (!edges[start].empty())
            way.push_back(static_cast<int>(start));
    while (!way.empty()) {
        const int next = edges[static_cast<std::size_t>(way.back())][0];
        const auto before = std::find(way.begin(), way.end(), next);
        const bool is_closed = before != way.end();
        way.push_back(next);
        if (is_closed)
            return {std::find(way.begin(), way.end(), next), way.end()};
    }
    return way;
}

}  // namespace

Explanation explain(const std::vector<ProcessState>& ranks, double seconds) {
    const auto waiting = std::count_if(ranks.begin(), ranks.end(), [](const ProcessState& s) { return s.waits; });
    std::ostringstream result;
    result << "nothing has moved for " << seconds << " s; " << waiting << " of " << ranks.size() << " ranks wait in MPI.\n";
    Edges edges;
    Messages messages(ranks);
    bool is_progressing = false;
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        for (const std::string& line : ranks[rank].lines) result << "  rank " << rank << ": " << line << '\n';
        is_progressing = add_edges(ranks[rank], static_cast<int>(rank), messages, edges.emplace_back()) || is_progressing;
    }
    result << messages.unreceived();
    std::map<std::pair<std::uint64_t, std::int64_t>, const ProcessState::CollectiveCall*> collectives;
    for (const ProcessState& rank : ranks)
        for (const ProcessState::CollectiveCall& collective : rank.collectives)
            collectives.try_emplace({collective.comm, collective.number}, &collective);
    for (const auto& [key, collective] : collectives) result << explain_collective(ranks, *collective, edges);
    const std::vector<int> way = cycle(edges);
    for (std::size_t i = 0; i + 1 < way.size(); ++i)
        result << (i == 0 ? "  A cycle: rank " : ", rank ") << way[i] << " waits for rank " << way[i + 1] << (i + 2 < way.size() ? "" : ".\n");
    return {result.str(), is_progressing};
}

}  // namespace mpi4cxx::trace
