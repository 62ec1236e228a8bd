// The timelines: timeline.json, in the trace event format, and timeline.svg.
#include "trace/run.hpp"
#include "trace/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mpi4cxx::trace {

namespace {

/// Writes an object of the trace event format.
void write_event(std::FILE* file, const Log& log, const Event& event) {
    const auto microseconds = [](std::int64_t time) { return static_cast<double>(time) * 1e-3; };
    std::fprintf(file, ",\n{\"name\":\"%s\",\"cat\":\"%s\",\"ph\":\"X\",\"pid\":%d,\"tid\":%d,\"ts\":%.3f,\"dur\":%.3f,\"args\":{\"bytes\":%lld",
                 functions[event.function].name.data(), family_names[static_cast<int>(functions[event.function].family)].data(), log.rank,
                 event.thread, microseconds(event.begin), microseconds(event.end - event.begin), static_cast<long long>(event.bytes));
    if (event.peer >= 0)
        std::fprintf(file, ",\"peer\":%d,\"tag\":%d", event.peer, event.tag);
    if (event.comm >= 0)
        std::fprintf(file, ",\"communicator\":\"%s\"", escaped(log.comm_labels[static_cast<std::size_t>(event.comm)], true).c_str());
    if (event.polls > 0)
        std::fprintf(file, ",\"calls\":%d", event.polls);
    std::fputs("}}", file);
    if (event.waiting > 0)
        std::fprintf(file, ",\n{\"name\":\"waiting\",\"cat\":\"waiting\",\"ph\":\"X\",\"pid\":%d,\"tid\":%d,\"ts\":%.3f,\"dur\":%.3f}", log.rank,
                     event.thread, microseconds(event.begin), microseconds(event.waiting));
}

void write_message(std::FILE* file, const MatchedMessage& message, std::size_t number) {
    const auto end = [&](const char* phase, int rank, int thread, std::int64_t time) {
        std::fprintf(file, ",\n{\"name\":\"message\",\"cat\":\"message\",\"ph\":%s,\"id\":%zu,\"pid\":%d,\"tid\":%d,\"ts\":%.3f}", phase, number,
                     rank, thread, static_cast<double>(time) * 1e-3);
    };
    end("\"s\"", message.from, message.from_thread, message.sent);
    end("\"f\",\"bp\":\"e\"", message.to, message.to_thread, message.received);
}

}  // namespace

void write_timeline_events(const Run& run, const std::string& path) {
    const TextFile file = create(path);
    if (file == nullptr)
        return;
    std::fprintf(file.get(),
                 "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"program\":\"%s\",\"ranks\":%zu},\"traceEvents\":[\n{\"name\":\"process_labels\","
                 "\"ph\":\"M\",\"pid\":0,\"args\":{\"labels\":\"%s\"}}",
                 escaped(run.program, true).c_str(), run.ranks.size(), escaped(run.program, true).c_str());
    for (const Log& log : run.ranks) {
        if (log.rank < 0)
            continue;
        std::fprintf(file.get(), ",\n{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":%d,\"args\":{\"name\":\"rank %d\"}}", log.rank, log.rank);
        std::fprintf(file.get(), ",\n{\"name\":\"process_sort_index\",\"ph\":\"M\",\"pid\":%d,\"args\":{\"sort_index\":%d}}", log.rank, log.rank);
        for (const Event& event : log.events) write_event(file.get(), log, event);
    }
    for (std::size_t i = 0; i < run.matched_messages.size(); ++i) write_message(file.get(), run.matched_messages[i], i);
    std::fputs("\n]}\n", file.get());
}

namespace {

constexpr int left = 64, top = 64, width = 900;
constexpr int shades = 4;  // how many shades show the share of a column
// The kinds of time in a column of the picture: in a family of functions, or waiting.
constexpr std::array<const char*, 9> colours = {"#1f77b4", "#2ca02c", "#17becf", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#7f7f7f", "#e8543f"};
constexpr std::size_t waiting = colours.size() - 1;
using Column = std::array<double, colours.size()>;

/// Returns how much of each column of pixels a rank spends in each kind.
std::vector<Column> columns(const Log& log, double column_length) {
    std::vector<Column> result(width, Column{});
    const auto add = [&](std::int64_t from, std::int64_t to, std::size_t kind) {
        const double begin = static_cast<double>(from) / column_length, end = static_cast<double>(to) / column_length;
        for (auto i = static_cast<std::size_t>(std::max(0.0, begin)); i < result.size() && static_cast<double>(i) < end; ++i)
            result[i][kind] += std::min(end, static_cast<double>(i) + 1) - std::max(begin, static_cast<double>(i));
    };
    for (const Event& event : log.events) {
        add(event.begin, event.begin + event.waiting, waiting);
        add(event.begin + event.waiting, event.end, static_cast<std::size_t>(functions[event.function].family));
    }
    return result;
}

/// Returns the kind that fills most of a column, and the shade for the share of MPI.
std::pair<std::size_t, int> drawn(const Column& column) {
    std::size_t most = 0;
    double sum = 0;
    for (std::size_t kind = 0; kind < column.size(); ++kind) {
        sum += column[kind];
        most = column[kind] > column[most] ? kind : most;
    }
    return {most, std::clamp(static_cast<int>(std::ceil(sum * shades - 0.05)), 0, shades)};
}

void draw_row(std::FILE* file, const std::vector<Column>& row, int y, int height) {
    for (std::size_t i = 0; i < row.size();) {
        const auto [kind, shade] = drawn(row[i]);
        std::size_t end = i + 1;
        while (end < row.size() && drawn(row[end]) == std::pair(kind, shade)) ++end;
        if (shade > 0)
            std::fprintf(file, "<rect x=\"%zu\" y=\"%d\" width=\"%zu\" height=\"%d\" fill=\"%s\" fill-opacity=\"%.2f\"/>\n", left + i, y, end - i,
                         height, colours[kind], static_cast<double>(shade) / shades);
        i = end;
    }
}

/// 1, 2 or 5 times a power of ten.
double round_step(double least) {
    const double power = std::pow(10, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= least)
            return factor * power;
    return 10 * power;
}

void draw_axis(std::FILE* file, double length, int bottom) {
    const double step = round_step(length / 8);
    for (int i = 0; i * step <= length * 1.0001; ++i) {
        const int x = left + static_cast<int>(std::lround(i * step / length * width));
        std::fprintf(file, "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" class=\"tick\"/><text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
                     x, x, top, bottom + 4, x, bottom + 18, i == 0 ? "0" : duration(i * step).c_str());
    }
    std::fprintf(file, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">time since the end of MPI_Init</text>\n", left + width / 2, bottom + 38);
}

void draw_legend(std::FILE* file, const Column& used) {
    int x = left;
    const auto entry = [&](const char* colour, const std::string& text) {
        std::fprintf(file,
                     "<rect x=\"%d\" y=\"32\" width=\"12\" height=\"12\" fill=\"%s\" stroke=\"#999999\" stroke-width=\"0.5\"/><text x=\"%d\" "
                     "y=\"42\">%s</text>\n",
                     x, colour, x + 17, text.c_str());
        x += 32 + 7 * static_cast<int>(text.size());
    };
    entry("#f2f2f2", "outside MPI");
    if (used[waiting] > 0)
        entry(colours[waiting], "waiting for others");
    for (std::size_t kind = 0; kind < waiting; ++kind)
        if (used[kind] > 0)
            entry(colours[kind], std::string(family_names[kind]));
    std::fprintf(file, "<text x=\"%d\" y=\"18\" text-anchor=\"end\" style=\"fill:#666666\">paler: partly outside MPI</text>\n", left + width);
}

}  // namespace

void write_timeline_picture(const Run& run, const std::string& path) {
    const TextFile file = create(path);
    if (file == nullptr)
        return;
    const int count = static_cast<int>(run.ranks.size()), pitch = std::clamp(640 / count, 2, 30), height = std::max(1, pitch * 4 / 5);
    const int bottom = top + count * pitch;
    const double length = static_cast<double>(std::max(run.length, std::int64_t{1}));
    std::fprintf(
        file.get(),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
        "<style>text{fill:#222222}.tick{stroke:#bbbbbb;stroke-width:0.5}</style>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
        "<text x=\"%d\" y=\"18\">%s: %d ranks, %s</text>\n",
        left + width + 40, bottom + 52, left, escaped(run.program).c_str(), count, duration(length * 1e-9).c_str());
    Column used{};
    for (int rank = 0; rank < count; ++rank) {
        const Log& log = run.ranks[static_cast<std::size_t>(rank)];
        const int y = top + rank * pitch;
        std::fprintf(file.get(), "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#f2f2f2\"/>\n", left, y, width, height);
        if (rank % std::max(1, (14 + pitch - 1) / pitch) == 0)
            std::fprintf(file.get(), "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">rank %d</text>\n", left - 8, y + height / 2 + 4, rank);
        const std::vector<Column> row = columns(log, length / width);
        for (const Column& column : row)
            for (std::size_t kind = 0; kind < column.size(); ++kind) used[kind] += column[kind];
        draw_row(file.get(), row, y, height);
    }
    draw_axis(file.get(), length * 1e-9, bottom);
    draw_legend(file.get(), used);
    std::fputs("</svg>\n", file.get());
}

}  // namespace mpi4cxx::trace
