#include "futures/progress_bar.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace MPI4CXX::futures::detail {

namespace {

std::string minutes(double seconds) {
    const auto whole = std::lround(seconds);
    char text[32];
    if (whole >= 3600)
        std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
    else
        std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
    return text;
}

std::string rate(double each_second) {
    char text[32];
    std::snprintf(text, sizeof text, each_second < 10 ? "%.2f/s" : "%.0f/s", each_second);
    return text;
}

bool is_terminal() {
    static const bool result = isatty(STDERR_FILENO) != 0;
    return result;
}

}  // namespace

void ProgressBar::expect(std::size_t total, bool is_last) noexcept {
    total_ = total;
    is_total_known_ = is_last;
}

void ProgressBar::add(std::size_t n) {
    done_ += n;
    const auto now = Clock::now();
    if (now - shown_ < (is_terminal() ? std::chrono::milliseconds(100) : std::chrono::milliseconds(10000)))
        return;
    shown_ = now;
    show(false);
}

void ProgressBar::end() { show(true); }

void ProgressBar::show(bool is_last) {
    const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count(), speed = static_cast<double>(done_) / std::max(seconds, 1e-9);
    std::string line = std::to_string(done_);
    if (is_total_known_ && total_ > 0) {
        constexpr std::size_t width = 30;
        const std::size_t filled = std::min(width, done_ * width / total_);
        if (is_terminal())
            line = "[" + std::string(filled, '#') + std::string(width - filled, ' ') + "] " + line;
        line += " of " + std::to_string(total_) + " (" + std::to_string(done_ * 100 / total_) + " %)";
    }
    line += ", " + rate(speed) + ", ";
    if (is_last || !is_total_known_)
        line += minutes(seconds);
    else
        line += minutes(static_cast<double>(total_ - std::min(done_, total_)) / speed) + " left";
    if (is_terminal())
        std::fprintf(stderr, "\r%-78s%s", line.c_str(), is_last ? "\n" : "");
    else
        std::fprintf(stderr, "%s\n", line.c_str());
    std::fflush(stderr);
}

}  // namespace MPI4CXX::futures::detail
