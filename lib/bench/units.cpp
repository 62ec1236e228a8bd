#include "bench/units.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>

namespace bench {

namespace {

using mpi4cxx::Count;

/// Returns `number` with two digits, or all that are before the point.
std::string digits(double number) { return formatted(number < 10 ? "%.2g" : "%.0f", number); }

}  // namespace

std::string formatted(const char* format, ...) {
    std::array<char, 1024> text{};
    std::va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(text.data(), text.size(), format, arguments);
    va_end(arguments);
    return text.data();
}

std::string short_number(Count number) {
    static constexpr const char* units[] = {"", "K", "M", "G"};
    int unit = 0;
    for (; unit < 3 && number != 0 && number % 1024 == 0; ++unit) number /= 1024;
    return std::to_string(number) + units[unit];
}

std::string bytes_text(Count bytes) {
    const std::string number = short_number(bytes);
    const bool has_unit = number.back() > '9';
    return has_unit ? number.substr(0, number.size() - 1) + " " + number.back() + "iB" : number + " B";
}

std::string time_text(double seconds) {
    return seconds < 1e-3 ? digits(seconds * 1e6) + " us" : seconds < 1 ? digits(seconds * 1e3) + " ms" : digits(seconds) + " s";
}

std::string rate_text(double bytes_per_second) {
    return bytes_per_second < 1e9 ? digits(bytes_per_second / 1e6) + " MB/s" : digits(bytes_per_second / 1e9) + " GB/s";
}

std::string count_text(Count count, const std::string& one, const std::string& several) {
    return std::to_string(count) + " " + (count == 1 ? one : several);
}

std::string ranges_text(const std::vector<int>& numbers) {
    std::string text;
    for (std::size_t i = 0, end = 0; i < numbers.size(); i = end) {
        for (end = i + 1; end < numbers.size() && numbers[end] == numbers[end - 1] + 1;) ++end;
        text += (text.empty() ? "" : ",") + std::to_string(numbers[i]) + (end > i + 1 ? "-" + std::to_string(numbers[end - 1]) : "");
    }
    return text;
}

}  // namespace bench
