// The summary: summary.txt.
#include "trace/run.hpp"
#include "trace/text.hpp"

#include <algorithm>

namespace mpi4cxx::trace {

namespace {

long long big(std::int64_t value) { return value; }

double part(std::int64_t one, std::int64_t whole) { return whole == 0 ? 0 : 100 * static_cast<double>(one) / static_cast<double>(whole); }

CallTotals in_mpi(const Log& log) {
    CallTotals result;
    for (const auto& [function, total] : log.totals) {
        result.calls += total.calls;
        result.sent += total.sent;
        result.received += total.received;
        result.time += total.time;
        result.waiting += total.waiting;
    }
    return result;
}

void write_ranks(const Run& run, std::FILE* file) {
    std::fprintf(file, "%-6s %10s %12s %6s %12s %6s %10s %16s %16s\n", "rank", "time s", "in MPI s", "%", "waiting s", "%", "calls", "bytes sent",
                 "bytes received");
    for (const Log& log : run.ranks) {
        if (log.rank < 0)
            continue;
        const CallTotals total = in_mpi(log);
        const std::int64_t time = log.end - log.begin;
        std::fprintf(file, "%-6d %10.3f %12.6f %6.1f %12.6f %6.1f %10lld %16lld %16lld\n", log.rank, seconds(time), seconds(total.time),
                     part(total.time, time), seconds(total.waiting), part(total.waiting, time), big(total.calls), big(total.sent),
                     big(total.received));
    }
}

void write_calls(const Run& run, std::FILE* file) {
    std::fprintf(file, "%-6s %-32s %10s %16s %16s %12s %12s\n", "rank", "call", "count", "bytes sent", "bytes received", "time s", "waiting s");
    for (const Log& log : run.ranks) {
        std::vector<std::pair<int, CallTotals>> totals(log.totals.begin(), log.totals.end());
        std::stable_sort(totals.begin(), totals.end(), [](const auto& a, const auto& b) { return a.second.time > b.second.time; });
        for (const auto& [function, total] : totals)
            std::fprintf(file, "%-6d %-32s %10lld %16lld %16lld %12.6f %12.6f\n", log.rank, functions[function].name.data(), big(total.calls),
                         big(total.sent), big(total.received), seconds(total.time), seconds(total.waiting));
    }
}

}  // namespace

void write_summary(const Run& run, const std::string& path) {
    const TextFile file = create(path);
    if (file == nullptr)
        return;
    std::fprintf(file.get(), "%s: %zu ranks, %.3f s from MPI_Init to MPI_Finalize\n", run.program.c_str(), run.ranks.size(), seconds(run.length));
    if (!run.missing.empty())
        std::fprintf(file.get(), "Without a trace, for they have not written it: ranks %s.\n", rank_list(run.missing).c_str());
    std::fprintf(
        file.get(),
        "Waiting is the time in calls before what they need has begun elsewhere: the send of a message that is received, the receive of one\n"
        "that is sent and not buffered, the arrival of others at a collective; and all time in probes and in tests that find nothing.\n"
        "Bytes received are those of messages. Bytes that a collective sends are what it gives to others, however MPI moves them.\n\n");
    write_ranks(run, file.get());
    std::fputs("\n", file.get());
    write_calls(run, file.get());
    for (const Log& log : run.ranks)
        if (log.dropped > 0)
            std::fprintf(file.get(), "\nrank %d: %lld calls are counted, but too many for the timeline and for waiting.\n", log.rank,
                         big(log.dropped));
}

}  // namespace mpi4cxx::trace
