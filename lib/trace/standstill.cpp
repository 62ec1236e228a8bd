#include "standstill.hpp"

#include "stack.hpp"

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
std::string describe(const Target& target) {
    if (target.comm == nullptr)
        return "";
    if (target.kind == Target::Kind::collective)
        return "on " + target.comm->label() + " (its " + ordinal(target.number) + " collective call)";
    const std::string peer = target.peer == anybody    ? "any rank"
                             : target.peer == nobody   ? "no rank"
                             : target.peer == outsider ? "a rank outside this world"
                                                       : "rank " + std::to_string(target.peer);
    const std::string tag = target.tag == MPI_ANY_TAG ? "any tag" : "tag " + std::to_string(target.tag);
    return (target.kind == Target::Kind::send ? "to " : "from ") + peer + ", " + tag + ", " + target.comm->label();
}

/// "MPI_Wait for MPI_Irecv from …": the call and what it waits for.
std::string describe(int function, const std::vector<Target>& targets, std::size_t count, bool any) {
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
constexpr std::int64_t polls_a_second = 1000;  // a loop that does nothing else

/// Adds one thread; tells whether it waits in MPI.
bool add_thread(Thread& thread, Standstill& result) {
    const std::lock_guard lock(thread.mutex);
    const std::int64_t moved = last_activity, idle = now() - moved;
    const bool is_blocked = thread.function >= 0 && thread.polls == 0;
    const bool is_polling = thread.polls >= polls_a_second * (idle / second);
    const std::vector<Target>& targets = is_polling ? thread.polled : thread.targets;
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
    const bool needs_all = !thread.waits_for_any || targets.size() == 1;
    for (const Target& target : targets) {
        if (target.peer >= 0 && needs_all)
            result.awaits.push_back(target.peer);
        if (target.kind == Target::Kind::collective && target.comm != nullptr && !target.comm->is_inter)
            result.meetings.push_back({target.comm->id, target.number, name_of(target.function), target.comm->label(), target.comm->members});
    }
    return true;
}

}  // namespace

Standstill look_at_this_process() {
    Standstill result;
    result.activities = activities;
    result.waits = true;
    const std::lock_guard lock(threads_mutex);
    for (Thread* const thread : threads) result.waits = add_thread(*thread, result) && result.waits;
    for (const Communicator* const comm : communicators()) result.past[comm->id] = comm->collectives;
    return result;
}

void Standstill::save(const std::string& path) const {
    {
        std::ofstream file(path + ".part");
        file << "activities " << activities << ' ' << waits << '\n';
        for (const std::string& line : lines) file << "line " << line << '\n';
        for (const int rank : awaits) file << "awaits " << rank << '\n';
        for (const Meeting& meeting : meetings) {
            file << "meeting " << meeting.comm << ' ' << meeting.number << ' ' << meeting.function << ' ' << meeting.members.size();
            for (const int rank : meeting.members) file << ' ' << rank;
            file << ' ' << meeting.label << '\n';
        }
        for (const auto& [comm, count] : past) file << "past " << comm << ' ' << count << '\n';
    }
    std::error_code ignored;
    std::filesystem::rename(path + ".part", path, ignored);
}

bool Standstill::load(const std::string& path) {
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
        } else if (what == "awaits") {
            words >> awaits.emplace_back();
        } else if (what == "past") {
            std::uint64_t comm = 0;
            words >> comm >> past[comm];
        } else if (what == "meeting") {
            Meeting& meeting = meetings.emplace_back();
            std::size_t size = 0;
            words >> meeting.comm >> meeting.number >> meeting.function >> size;
            meeting.members.resize(size);
            for (int& rank : meeting.members) words >> rank;
            std::getline(words >> std::ws, meeting.label);
        }
    }
    return activities >= 0;
}

namespace {

using Edges = std::vector<std::vector<int>>;

/// What is wrong in a collective that some wait in; adds who waits for whom.
std::string explain_meeting(const std::vector<Standstill>& ranks, const Standstill::Meeting& meeting, Edges& edges) {
    std::map<std::string, std::vector<int>> present;  // by function
    std::vector<int> missing;
    for (const int rank : meeting.members) {
        if (rank < 0)
            continue;
        const Standstill& other = ranks[static_cast<std::size_t>(rank)];
        const auto same = std::find_if(other.meetings.begin(), other.meetings.end(),
                                       [&](const Standstill::Meeting& m) { return m.comm == meeting.comm && m.number == meeting.number; });
        const auto past = other.past.find(meeting.comm);
        if (same != other.meetings.end())
            present[same->function].push_back(rank);
        else if (past == other.past.end() || past->second < meeting.number)
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
    std::string result = "  The " + ordinal(meeting.number) + " collective call on " + meeting.label + ": ";
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

std::string explain(const std::vector<Standstill>& ranks, double seconds) {
    const auto waiting = std::count_if(ranks.begin(), ranks.end(), [](const Standstill& s) { return s.waits; });
    std::ostringstream result;
    result << "nothing has moved for " << seconds << " s; " << waiting << " of " << ranks.size() << " ranks wait in MPI.\n";
    Edges edges;
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        for (const std::string& line : ranks[rank].lines) result << "  rank " << rank << ": " << line << '\n';
        edges.push_back(ranks[rank].awaits);
    }
    std::map<std::pair<std::uint64_t, std::int64_t>, const Standstill::Meeting*> meetings;
    for (const Standstill& rank : ranks)
        for (const Standstill::Meeting& meeting : rank.meetings) meetings.try_emplace({meeting.comm, meeting.number}, &meeting);
    for (const auto& [key, meeting] : meetings) result << explain_meeting(ranks, *meeting, edges);
    const std::vector<int> way = cycle(edges);
    for (std::size_t i = 0; i + 1 < way.size(); ++i)
        result << (i == 0 ? "  A cycle: rank " : ", rank ") << way[i] << " waits for rank " << way[i + 1] << (i + 2 < way.size() ? "" : ".\n");
    return result.str();
}

}  // namespace mpi4cxx::trace
