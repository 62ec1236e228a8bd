// Brings the logs of all processes together: matches messages and collectives.
#include "trace/run.hpp"

#include "trace/results.hpp"
#include "trace/text.hpp"
#include "trace/watchdog.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>
#include <tuple>

namespace mpi4cxx::trace {

namespace fs = std::filesystem;

Run::Run(const std::string& folder, int size) : ranks(static_cast<std::size_t>(size)) {
    std::error_code ignored;
    program = program_name();
    for (int rank = 0; rank < size; ++rank) {
        if (!ranks[static_cast<std::size_t>(rank)].load(log_file(folder, rank)))
            missing.push_back(rank);
        fs::remove(log_file(folder, rank), ignored);
    }
    for (const Log& log : ranks)
        for (const auto& [from, read] : log.fetched)
            if (from >= 0 && from < size)
                ranks[static_cast<std::size_t>(from)].traffic[log.rank].window_bytes += read.window_bytes;
    shift_times();
    find_waiting();
}

void Run::shift_times() {
    std::int64_t first = INT64_MAX;
    for (const Log& log : ranks)
        if (log.rank >= 0)
            first = std::min(first, log.begin + log.offset);
    for (Log& log : ranks) {
        if (log.rank < 0)
            continue;
        const std::int64_t shift = log.offset - first;
        log.begin += shift;
        log.end += shift;
        for (Event& event : log.events) {
            event.begin += shift;
            event.end += shift;
        }
        for (Message& message : log.messages) message.begin += shift;
        for (CollectiveCall& collective : log.collectives) collective.begin += shift;
        length = std::max(length, log.end);
    }
}

/// Computes how long each call waited. A receive waits until its message is sent. A send that has not returned by then waits until the message is
/// received. A collective waits until the processes that it needs have come. A probe, or a loop of calls that find nothing, waits all the time.
void Run::find_waiting() {
    std::vector<std::vector<std::int64_t>> until;
    for (const Log& log : ranks) {
        std::vector<std::int64_t>& own = until.emplace_back();
        for (const Event& event : log.events) {
            const bool only_waits = event.polls > 0 || functions[event.function].name.find("robe") != std::string_view::npos;
            own.push_back(only_waits ? event.end : event.begin);
        }
    }
    match_messages(until);
    match_collectives(until);
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        for (std::size_t i = 0; i < until[rank].size(); ++i) {
            Event& event = ranks[rank].events[i];
            event.waiting = std::clamp(until[rank][i], event.begin, event.end) - event.begin;
            if (event.polls == 0)  // loops are counted already, without the time between their calls
                ranks[rank].totals[event.function].waiting += event.waiting;
        }
    }
}

void Run::match_messages(std::vector<std::vector<std::int64_t>>& until) {
    struct End {
        std::uint64_t comm;
        int from, to, tag, thread;
        std::int64_t order, begin, event;
        [[nodiscard]] auto key() const { return std::tie(comm, from, to, tag); }
        bool operator<(const End& other) const {
            return std::tie(comm, from, to, tag, order) < std::tie(other.comm, other.from, other.to, other.tag, other.order);
        }
    };
    std::vector<End> sends, receives;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        const int rank = static_cast<int>(i);
        for (const Message& m : ranks[i].messages)
            (m.is_send != 0 ? sends : receives)
                .push_back({m.comm, m.is_send != 0 ? rank : m.peer, m.is_send != 0 ? m.peer : rank, m.tag, m.thread, m.order, m.begin, m.event});
    }
    std::sort(sends.begin(), sends.end());
    std::sort(receives.begin(), receives.end());
    const auto wait = [&](int rank, std::int64_t event, std::int64_t time) {
        std::int64_t& own = until[static_cast<std::size_t>(rank)][static_cast<std::size_t>(event)];
        own = std::max(own, time);
    };
    for (auto send = sends.begin(), receive = receives.begin(); send != sends.end() && receive != receives.end();) {
        if (send->key() != receive->key()) {
            ++(send->key() < receive->key() ? send : receive);
            continue;
        }
        if (receive->event >= 0)
            wait(receive->to, receive->event, send->begin);
        if (send->event >= 0 && receive->begin <= ranks[static_cast<std::size_t>(send->from)].events[static_cast<std::size_t>(send->event)].end)
            wait(send->from, send->event, receive->begin);
        if (receive->event >= 0)
            matched_messages.push_back({send->from, send->thread, send->to, receive->thread, send->begin,
                                        ranks[static_cast<std::size_t>(receive->to)].events[static_cast<std::size_t>(receive->event)].end});
        ++send;
        ++receive;
    }
}

void Run::match_collectives(std::vector<std::vector<std::int64_t>>& until) const {
    struct Arrivals {
        std::int64_t last = 0, root = 0;
        std::vector<std::pair<int, std::int64_t>> by_rank;  // rank in the communicator and time
    };
    std::map<std::pair<std::uint64_t, std::int64_t>, Arrivals> all;
    for (const Log& log : ranks) {
        for (const CollectiveCall& collective : log.collectives) {
            Arrivals& arrivals = all[{collective.comm, collective.number}];
            arrivals.last = std::max(arrivals.last, collective.begin);
            arrivals.root = collective.is_root != 0 ? collective.begin : arrivals.root;
            if (collective.pattern == CollectivePattern::upwards)
                arrivals.by_rank.emplace_back(collective.rank, collective.begin);
        }
    }
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        for (const CollectiveCall& collective : ranks[rank].collectives) {
            if (collective.event < 0)
                continue;
            const Arrivals& arrivals = all[{collective.comm, collective.number}];
            std::int64_t time = arrivals.last;
            if (collective.pattern == CollectivePattern::from_root)
                time = arrivals.root;
            const std::int64_t end = ranks[rank].events[static_cast<std::size_t>(collective.event)].end;
            if (collective.pattern == CollectivePattern::to_root && collective.is_root == 0)
                time = arrivals.root <= end ? arrivals.root : 0;  // its data may be buffered
            if (collective.pattern == CollectivePattern::upwards) {
                time = 0;
                for (const auto& [other, begin] : arrivals.by_rank) time = other < collective.rank ? std::max(time, begin) : time;
            }
            std::int64_t& own = until[rank][static_cast<std::size_t>(collective.event)];
            own = std::max(own, time);
        }
    }
}

std::string program_name() {
    std::error_code ignored;
    return fs::read_symlink("/proc/self/exe", ignored).filename().string();
}

std::string log_file(const std::string& folder, int rank) { return folder + "/log." + std::to_string(rank); }

void write_results(const std::string& folder, int size) {
    const Run run(folder, size);
    write_matrix_table(run, folder + "/matrix.csv");
    write_matrix_picture(run, folder + "/matrix.svg");
    write_timeline_events(run, folder + "/timeline.json");
    write_timeline_picture(run, folder + "/timeline.svg");
    write_summary(run, folder + "/summary.txt");  // last, because others wait for it
    print_message(write_error == 0 ? "trace: summary, matrix and timeline are in " + folder + '\n'
                                   : "trace: cannot write all results to " + folder + ": " + std::strerror(write_error) + '\n');
}

}  // namespace mpi4cxx::trace
