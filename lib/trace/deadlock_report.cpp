// Finds unmatched messages, missing ranks in collectives, and cycles.
#include "trace/deadlock_report.hpp"

#include "trace/text.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

namespace mpi4cxx::trace {

namespace {

using Edges = std::vector<std::vector<int>>;
using Ends = std::vector<ProcessState::MessageEnd>;
using Collectives = std::set<std::pair<std::uint64_t, std::int64_t>>;  // communicators or windows, and numbers

bool has_tag(const ProcessState::MessageEnd& receive, int tag) { return receive.tag == MPI_ANY_TAG || receive.tag == tag; }

/// Returns whether the library has sent this message for a lock. It is received when the lock is given back.
bool is_of_a_lock(const ProcessState::MessageEnd& message) { return message.label.starts_with("sync::"); }

/// The messages in transit: sent, but not yet received as far as the receiver's program knows.
class MessagesInTransit {
public:
    explicit MessagesInTransit(const std::vector<ProcessState>& ranks) {
        for (std::size_t rank = 0; rank < ranks.size(); ++rank) add_sent(ranks, static_cast<int>(rank));
        for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
            Ends receives = ranks[rank].posted;
            for_each_end(ranks[rank], [&](const ProcessState::MessageEnd& end) {
                if (end.kind == WaitTarget::Kind::receive && end.number == 0)
                    receives.push_back(end);
            });
            for (const ProcessState::MessageEnd& receive : receives)
                if (InTransit* const message = find(receive, static_cast<int>(rank)); message != nullptr) {
                    message->is_matched = true;
                    matched_.emplace(static_cast<int>(rank), receive.number);
                }
        }
    }

    /// Returns whether the other end of a message that a thread of `rank` waits for exists too.
    [[nodiscard]] bool is_matched(int rank, const ProcessState::MessageEnd& end) {
        if (end.kind == WaitTarget::Kind::probe)
            return find(end, rank) != nullptr;
        if (end.kind == WaitTarget::Kind::receive)
            return matched_.contains({rank, end.number});
        return std::none_of(messages_.begin(), messages_.end(), [&](const InTransit& m) {
            return !m.is_matched && m.from == rank && m.end.peer == end.peer && m.end.comm == end.comm && m.end.number == end.number;
        });
    }

    /// Returns one line for each message that no receive matches.
    [[nodiscard]] std::string unreceived() const {
        constexpr int most_lines = 10;
        std::string result;
        int lines = 0;
        for (const InTransit& m : messages_) {
            if (m.is_matched || is_of_a_lock(m.end) || ++lines > most_lines)
                continue;
            result += "  rank " + std::to_string(m.end.peer) + " has not received a message from rank " + std::to_string(m.from) + ", tag " +
                      std::to_string(m.end.tag) + ", " + m.end.label + ", of " +
                      (m.end.count == m.end.bytes ? "" : std::to_string(m.end.count) + " elements, ") + std::to_string(m.end.bytes) + " bytes.\n";
        }
        return result + (lines > most_lines ? "  " + std::to_string(lines - most_lines) + " more have not been received.\n" : "");
    }

private:
    struct InTransit {
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
            // With the same tag, messages are received in the order in which they were sent.
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

    InTransit* find(const ProcessState::MessageEnd& receive, int rank) {
        const auto found = std::find_if(messages_.begin(), messages_.end(), [&](const InTransit& m) {
            return !m.is_matched && m.end.peer == rank && m.end.comm == receive.comm && has_tag(receive, m.end.tag) &&
                   (receive.peer == any_rank || receive.peer == m.from);
        });
        return found == messages_.end() ? nullptr : &*found;
    }

    std::vector<InTransit> messages_;
    std::set<std::pair<int, std::int64_t>> matched_;  // receives: rank and number
};

/// Returns whether a rank waits for a lock itself that it holds or has asked for.
bool waits_for(const ProcessState& state, const ProcessState::Lock& lock) {
    return std::any_of(state.threads.begin(), state.threads.end(), [&](const ProcessState::ThreadWait& wait) {
        return std::any_of(wait.ends.begin(), wait.ends.end(), [&](const ProcessState::MessageEnd& end) {
            return end.kind == WaitTarget::Kind::lock && end.comm == lock.window && overlaps(end.peer, lock.target);
        });
    });
}

/// Calls f(rank, lock) for the locks of others that keep a rank from the lock for which it waits. If they all wait for that lock too, one of them
/// gets it.
template <class F> void for_each_holder(const std::vector<ProcessState>& ranks, int rank, const ProcessState::MessageEnd& wanted, F f) {
    for (std::size_t other = 0; other < ranks.size(); ++other)
        for (const ProcessState::Lock& held : ranks[other].held) {
            const bool is_same = held.window == wanted.comm && overlaps(held.target, wanted.peer);
            const bool excludes = held.is_exclusive || wanted.tag != 0;
            if (static_cast<int>(other) != rank && is_same && excludes && !waits_for(ranks[other], held))
                f(static_cast<int>(other), held);
        }
}

/// Returns whether the Post or Complete of another process for which a rank waits was called.
bool was_called(const std::vector<ProcessState>& ranks, int rank, const ProcessState::MessageEnd& end) {
    if (end.peer < 0)
        return false;
    const std::vector<ProcessState::Epochs>& epochs = ranks[static_cast<std::size_t>(end.peer)].epochs;
    return std::any_of(epochs.begin(), epochs.end(), [&](const ProcessState::Epochs& e) {
        return e.window == end.comm && e.peer == rank && (end.kind == WaitTarget::Kind::post ? e.posts : e.completes) >= end.number;
    });
}

/// Returns whether others have done their part of what a rank waits for.
bool is_under_way(const std::vector<ProcessState>& ranks, int rank, const ProcessState::MessageEnd& end, MessagesInTransit& messages,
                  const Collectives& entered) {
    bool is_held = false;
    switch (end.kind) {
    case WaitTarget::Kind::collective: return entered.contains({end.comm, end.number});
    case WaitTarget::Kind::lock: for_each_holder(ranks, rank, end, [&](int, const ProcessState::Lock&) { is_held = true; }); return !is_held;
    case WaitTarget::Kind::post:
    case WaitTarget::Kind::complete: return was_called(ranks, rank, end);
    default: return messages.is_matched(rank, end);
    }
}

/// Adds the ranks without which a rank cannot go on. Returns whether one of its threads can go on by itself.
bool add_edges(const std::vector<ProcessState>& ranks, int rank, MessagesInTransit& messages, const Collectives& entered, std::vector<int>& awaited) {
    bool is_progressing = false;
    for (const ProcessState::ThreadWait& wait : ranks[static_cast<std::size_t>(rank)].threads) {
        std::size_t matched = 0;
        for (const ProcessState::MessageEnd& end : wait.ends) {
            if (is_under_way(ranks, rank, end, messages, entered))
                ++matched;
            else if (end.peer >= 0 && end.kind != WaitTarget::Kind::lock && !wait.any)
                awaited.push_back(end.peer);
        }
        const bool can_go_on = matched > 0 || wait.open;
        is_progressing = is_progressing || (can_go_on && (wait.any || wait.loops || (matched == wait.ends.size() && !wait.others)));
    }
    return is_progressing;
}

/// Describes what is wrong in a collective in which some ranks wait, and adds who waits for whom. Empty if all have entered the same one.
std::string explain_collective(const std::vector<ProcessState>& ranks, const ProcessState::CollectiveCall& collective, Edges& edges) {
    std::map<std::string, std::vector<int>> present;  // by function and root
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
            present[same->function + (same->root < 0 ? "" : " with root " + std::to_string(same->root))].push_back(rank);
        else if (collective_counts == other.collective_counts.end() || collective_counts->second < collective.number)
            missing.push_back(rank);
    }
    for (const auto& [call, waiting] : present) {
        for (const int rank : waiting) {
            std::vector<int>& awaited = edges[static_cast<std::size_t>(rank)];
            awaited.insert(awaited.end(), missing.begin(), missing.end());
            for (const auto& [other, others] : present)
                if (other != call)
                    awaited.insert(awaited.end(), others.begin(), others.end());
        }
    }
    if (missing.empty() && present.size() < 2)
        return "";
    std::string result = "  The " + ordinal(collective.number) + " collective call on " + collective.label + ": ";
    for (const auto& [call, waiting] : present)
        result += (waiting.size() == 1 ? "rank " : "ranks ") + rank_list(waiting) + (waiting.size() == 1 ? " is in " : " are in ") + call + ", ";
    if (missing.empty())
        return result + "which do not go together.\n";
    return result + (missing.size() == 1 ? "rank " : "ranks ") + rank_list(missing) + (missing.size() == 1 ? " has" : " have") + " not come to it.\n";
}

/// Names who holds the locks that others wait for, and adds who waits for whom.
std::string explain_locks(const std::vector<ProcessState>& ranks, Edges& edges) {
    std::string result;
    for (std::size_t rank = 0; rank < ranks.size(); ++rank)
        for (const ProcessState::ThreadWait& wait : ranks[rank].threads)
            for (const ProcessState::MessageEnd& wanted : wait.ends) {
                if (wanted.kind != WaitTarget::Kind::lock)
                    continue;
                const std::string whose = wanted.peer == any_rank ? "all ranks" : "rank " + std::to_string(wanted.peer);
                for_each_holder(ranks, static_cast<int>(rank), wanted, [&](int other, const ProcessState::Lock& held) {
                    result += "  Rank " + std::to_string(rank) + " waits for the lock of " + whose + " in " + wanted.label + ", which rank " +
                              std::to_string(other) + " has taken " + held.label + ".\n";
                    edges[rank].push_back(other);
                });
            }
    return result;
}

/// Returns a cycle of ranks, whose first and last rank are the same; empty if there is none.
std::vector<int> cycle(Edges edges) {
    // A rank that awaits nobody is on no cycle, nor is a rank that awaits only such ranks.
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
    std::map<Collectives::value_type, const ProcessState::CollectiveCall*> collectives;
    for (const ProcessState& rank : ranks)
        for (const ProcessState::CollectiveCall& collective : rank.collectives)
            collectives.try_emplace({collective.comm, collective.number}, &collective);
    Edges edges(ranks.size());
    Collectives entered;
    std::string wrong;
    for (const auto& [key, collective] : collectives) {
        const std::string text = explain_collective(ranks, *collective, edges);
        wrong += text;
        if (text.empty())
            entered.insert(key);
    }
    MessagesInTransit messages(ranks);
    bool is_progressing = false;
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        for (const std::string& line : ranks[rank].lines) result << "  rank " << rank << ": " << line << '\n';
        is_progressing = add_edges(ranks, static_cast<int>(rank), messages, entered, edges[rank]) || is_progressing;
    }
    result << messages.unreceived() << wrong << explain_locks(ranks, edges);
    const std::vector<int> way = cycle(edges);
    for (std::size_t i = 0; i + 1 < way.size(); ++i)
        result << (i == 0 ? "  A cycle: rank " : ", rank ") << way[i] << " waits for rank " << way[i + 1] << (i + 2 < way.size() ? "" : ".\n");
    return {result.str(), is_progressing};
}

}  // namespace mpi4cxx::trace
