#include "runtime/settings.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <system_error>

namespace MPI4CXX::detail {

namespace {

/// Calls `accepts` for each part of `text`, and returns whether it accepts one of them.
template <class F> bool any_part(std::string_view text, char separator, F accepts) {
    while (true) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (accepts(text.substr(0, end)))
            return true;
        if (end == text.size())
            return false;
        text.remove_prefix(end + 1);
    }
}

/// Returns whether `text`, to its end, is a number from `least` to `most`.
template <class Number> bool is_number(std::string_view text, Number least, Number most) noexcept {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() && number >= least && number <= most;
}

constexpr double most_seconds = 1e6;

bool is_word(std::string_view allowed, std::string_view value) noexcept {
    return any_part(allowed, '|', [value](std::string_view word) { return word == value; });
}
bool is_whole(std::string_view, std::string_view value) noexcept { return is_number(value, 0, std::numeric_limits<int>::max()); }
bool is_seconds(std::string_view, std::string_view value) noexcept { return is_number(value, 0.0, most_seconds); }
bool is_anything(std::string_view, std::string_view) noexcept { return true; }
bool is_trace(std::string_view, std::string_view value) noexcept {
    static constexpr std::string_view watchdog = "watchdog:";
    return value == "0" || !any_part(value, ',', [](std::string_view word) {
               return !is_word("1|trace|watchdog|abort", word) &&
                      !(word.starts_with(watchdog) && is_number(word.substr(watchdog.size()), std::numeric_limits<double>::min(), most_seconds));
           });
}

constexpr Setting settings[] = {
    {"MPI4CXX_ERRORS", "exception", "exception|abort|fatal",
     "what an error of MPI becomes: an Exception, or the end of the job within MPI, by ERRORS_ABORT or ERRORS_ARE_FATAL", is_word},
    {"MPI4CXX_FUTURES_BACKOFF", "0.001", "a number of seconds, from 0 to 1000000", "how long a pool sleeps at most while it waits", is_seconds},
    {"MPI4CXX_FUTURES_MAX_WORKERS", "0", "a number of workers, 0 for all", "how many workers an executor has at most, if it does not say", is_whole},
    {"MPI4CXX_FUTURES_WORKERS", "auto", "auto|threads",
     "what the workers of a program of one process are: spawned processes where MPI has room for them, or always threads", is_word},
    {"MPI4CXX_HUGE_PAGES", "yes", "yes|no", "whether memory of 4 MiB and more that the library takes is to lie in huge pages", is_word},
    {"MPI4CXX_MIXED", "auto", "auto|0|1",
     "whether other processes of the job may run programs without this library, such as Python; auto: where Open MPI's launcher starts several "
     "programs",
     is_word},
    {"MPI4CXX_MPI4PY", "3 with Open MPI before 5, else 4", "3|4", "the version of the mpi4py with which objects are exchanged collectively", is_word},
    {"MPI4CXX_THREAD_LEVEL", "the program's choice", "single|funneled|serialized|multiple",
     "the level of thread support that the library asks for when it initializes MPI, whatever the program asks for", is_word},
    {"MPI4CXX_TRACE", "0", "0, 1, or some of trace, watchdog, watchdog:SECONDS and abort, with commas between them",
     "records the run; reports where it stands still; 1: both", is_trace},
    {"MPI4CXX_TRACE_DIR", "PROGRAM.trace", "a folder", "where the trace and the reports go", is_anything},
};

}  // namespace

std::span<const Setting> settings_table() noexcept { return settings; }

const Setting& find_setting(std::string_view name) noexcept {
    return *std::find_if(std::begin(settings), std::end(settings), [name](const Setting& one) { return one.name == name; });
}

bool is_set_to(std::string_view name, std::string_view value) noexcept {
    const char* const given = find_setting(name).value();
    return given != nullptr && given == value;
}

std::string setting(std::string_view name) {
    const Setting& found = find_setting(name);
    if (const std::string problem = found.problem(); !problem.empty())
        throw std::invalid_argument(problem);
    return found.value() == nullptr ? "" : found.value();
}

}  // namespace MPI4CXX::detail
