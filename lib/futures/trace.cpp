// Draws the tasks of an executor as SVG, or writes Chrome's trace format.
#include "futures/trace.hpp"

#include "futures/exceptions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iomanip>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace MPI4CXX::futures::detail {

namespace {

/// Escapes characters that would be markup, or would end a JSON string.
std::string escaped(const std::string& text, bool is_json) {
    std::string result;
    for (const char c : text) {
        if (is_json && (c == '"' || c == '\\'))
            result += '\\';
        if (!is_json && (c == '<' || c == '&'))
            result += c == '<' ? "&lt;" : "&amp;";
        else
            result += c;
    }
    return result;
}

std::string tasks_of(const TraceEvent& event) {
    const std::string first = std::to_string(event.number);
    return event.count == 1 ? "task " + first : "tasks " + first + " to " + std::to_string(event.number + event.count - 1);
}

std::string fixed(double value, int digits) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(digits) << value;
    return text.str();
}

void write_json(std::ostream& out, const std::vector<TraceEvent>& events, const std::vector<std::string>& hosts, std::int64_t begin) {
    out << "{\"traceEvents\": [\n";
    for (std::size_t w = 0; w < hosts.size(); ++w)
        out << R"({"ph": "M", "pid": 0, "tid": )" << w << R"(, "name": "thread_name", "args": {"name": "worker )" << w << " on "
            << escaped(hosts[w], true) << "\"}},\n";
    for (const TraceEvent& event : events)
        out << R"({"ph": "X", "pid": 0, "tid": )" << event.worker << R"(, "ts": )" << fixed(1e-3 * static_cast<double>(event.begin - begin), 3)
            << R"(, "dur": )" << fixed(1e-3 * static_cast<double>(event.duration), 3) << R"(, "name": ")" << tasks_of(event) << R"(", "cat": ")"
            << escaped(readable(event.function->name()), true) << "\"},\n";
    out << R"({"ph": "M", "pid": 0, "name": "process_name", "args": {"name": "task pool"}})"
        << "\n]}\n";
}

/// Returns a distance between axis marks, so that there are four to ten of them: 1, 2 or 5 times a power of ten.
double step_for(double length) {
    const double power = std::pow(10, std::floor(std::log10(length)));
    return power * (length < 2 * power ? 0.2 : length < 5 * power ? 0.5 : 1);
}

class Drawing {
public:
    Drawing(std::ostream& out, double seconds, std::size_t rows) : out_(out), seconds_(seconds), bottom_(top + pitch * static_cast<double>(rows)) {
        out_ << "<svg xmlns='http://www.w3.org/2000/svg' width='" << left + width + 90 << "' height='" << bottom_ + 52
             << "' font-family='sans-serif' font-size='13' fill='#333'>\n<rect width='100%' height='100%' fill='white'/>\n";
        const double step = step_for(seconds);
        for (double time = 0; time <= seconds * 1.0001; time += step) {
            out_ << "<path d='M " << x(time) << " " << top - 4 << " V " << bottom_ << "' stroke='#ddd'/>\n";
            text(x(time), bottom_ + 18, number(time), "text-anchor='middle'");
        }
        text(left + width / 2, bottom_ + 40, "time [s]", "text-anchor='middle'");
    }
    ~Drawing() { out_ << "</svg>\n"; }
    Drawing(const Drawing&) = delete;
    Drawing& operator=(const Drawing&) = delete;

    void text(double across, double down, const std::string& words, const char* style) {
        out_ << "<text x='" << fixed(across, 1) << "' y='" << fixed(down, 1) << "' " << style << ">" << escaped(words, false) << "</text>\n";
    }
    void row(std::size_t i, const std::string& name, double busy) {
        text(left - 8, middle(i), name, "text-anchor='end'");
        text(left + width + 8, middle(i), fixed(100 * busy, 0) + " % busy", "");
    }
    void bar(std::size_t row, double begin, double duration, const char* color, const std::string& title) {
        out_ << "<rect x='" << fixed(x(begin), 2) << "' y='" << fixed(top + pitch * static_cast<double>(row) + 2, 1) << "' width='"
             << fixed(std::max(0.4, x(begin + duration) - x(begin)), 2) << "' height='" << pitch - 4 << "' fill='" << color
             << "' stroke='white' stroke-width='0.4'><title>" << escaped(title, false) << "</title></rect>\n";
    }
    void heading(const std::string& words) { text(left, 22, words, "font-weight='bold'"); }

private:
    static constexpr double left = 190, width = 760, top = 44, pitch = 24;

    [[nodiscard]] double x(double time) const { return left + width * time / seconds_; }
    [[nodiscard]] static double middle(std::size_t row) { return top + pitch * (static_cast<double>(row) + 0.5) + 4; }
    [[nodiscard]] static std::string number(double value) {
        std::ostringstream text;
        text << std::round(value * 1e9) / 1e9;
        return text.str();
    }

    std::ostream& out_;
    double seconds_, bottom_;
};

void write_svg(std::ostream& out, const std::vector<TraceEvent>& events, const std::vector<std::string>& hosts, std::int64_t begin,
               std::int64_t end) {
    static constexpr std::array colors{"#2a6fb5", "#e07b00", "#3a9447", "#b5392a", "#7b4fa3", "#8a6d3b", "#1b9e9e", "#c23b8a"};
    const double seconds = std::max(1e-9 * static_cast<double>(end - begin), 1e-9);
    std::vector<double> busy(hosts.size());
    std::map<const std::type_info*, std::size_t> functions;
    std::uint64_t tasks = 0;
    for (const TraceEvent& event : events) {
        busy[static_cast<std::size_t>(event.worker)] += 1e-9 * static_cast<double>(event.duration);
        functions.emplace(event.function, functions.size());
        tasks += event.count;
    }
    Drawing drawing(out, seconds, hosts.size());
    double all = 0;
    for (const double time : busy) all += time;
    drawing.heading(std::to_string(tasks) + " tasks on " + std::to_string(hosts.size()) + " workers in " + fixed(seconds, seconds < 0.1 ? 5 : 2) +
                    " s, " + fixed(100 * all / seconds / static_cast<double>(std::max<std::size_t>(hosts.size(), 1)), 0) + " % busy");
    for (std::size_t w = 0; w < hosts.size(); ++w) drawing.row(w, "worker " + std::to_string(w) + " on " + hosts[w].substr(0, 12), busy[w] / seconds);
    for (const TraceEvent& event : events) {
        const double start = 1e-9 * static_cast<double>(event.begin - begin), duration = 1e-9 * static_cast<double>(event.duration);
        drawing.bar(static_cast<std::size_t>(event.worker), start, duration, colors[functions[event.function] % colors.size()],
                    tasks_of(event) + ", " + fixed(1e3 * duration, 3) + " ms, " + readable(event.function->name()));
    }
}

}  // namespace

void write_trace(const std::string& path, std::vector<TraceEvent> events, const std::vector<std::string>& hosts) {
    std::ranges::sort(events, {}, &TraceEvent::begin);
    std::int64_t begin = events.empty() ? 0 : events.front().begin, end = begin;
    for (const TraceEvent& event : events) end = std::max(end, event.begin + event.duration);
    std::ofstream file(path);
    if (path.ends_with(".json"))
        write_json(file, events, hosts, begin);
    else
        write_svg(file, events, hosts, begin, end);
    if (!file.flush())
        throw std::runtime_error("futures: cannot write " + path);
}

}  // namespace MPI4CXX::futures::detail
