// Text files and formatting of numbers.
#pragma once

#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace mpi4cxx::trace {

inline int write_error = 0;  // the errno of the first file that could not be written

struct CloseFile {
    void operator()(std::FILE* file) const {
        const bool has_failed = std::ferror(file) != 0;
        if ((std::fclose(file) != 0 || has_failed) && write_error == 0)
            write_error = errno;
    }
};
using TextFile = std::unique_ptr<std::FILE, CloseFile>;
inline TextFile create(const std::string& path) {
    TextFile file(std::fopen(path.c_str(), "w"));
    if (file == nullptr && write_error == 0)
        write_error = errno;
    return file;
}

/// Gives PATH.part its name PATH, under which others wait for the file, or removes it if it is not complete. Returns whether PATH is there.
inline bool put_in_place(const std::string& path, bool is_complete) {
    std::error_code error;
    if (is_complete)
        std::filesystem::rename(path + ".part", path, error);
    else
        std::filesystem::remove(path + ".part", error);
    return is_complete && !error;
}

/// Returns whether a file is there; false also if that cannot be found out.
inline bool exists(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
}

[[gnu::format(printf, 1, 2)]] inline std::string format(const char* pattern, ...) {
    char buffer[512];
    va_list arguments;
    va_start(arguments, pattern);
    std::vsnprintf(buffer, sizeof buffer, pattern, arguments);
    va_end(arguments);
    return buffer;
}

inline double seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-9; }

/// Returns an amount of data: "512 B", "1.5 MiB".
inline std::string amount(double bytes) {
    const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    int unit = 0;
    for (; bytes >= 1024 && unit < 4; ++unit) bytes /= 1024;
    return format(unit == 0 || bytes >= 100 ? "%.0f %s" : "%.3g %s", bytes, units[unit]);
}

/// Returns a time: "1.5 ms".
inline std::string duration(double seconds) {
    return seconds >= 1 ? format("%.3g s", seconds) : seconds >= 1e-3 ? format("%.3g ms", seconds * 1e3) : format("%.3g us", seconds * 1e6);
}

/// Returns "1st", "2nd", "11th".
inline std::string ordinal(std::int64_t number) {
    const std::int64_t last = number % 10;
    const bool is_teen = number / 10 % 10 == 1;
    return std::to_string(number) + (is_teen || last == 0 || last > 3 ? "th" : last == 1 ? "st" : last == 2 ? "nd" : "rd");
}

/// Escapes a text for SVG, or for a JSON string.
inline std::string escaped(const std::string& text, bool is_json = false) {
    std::string result;
    for (const char c : text) {
        if (is_json)
            result += c == '"' || c == '\\' ? std::string("\\") + c : static_cast<unsigned char>(c) < ' ' ? std::string(" ") : std::string(1, c);
        else
            result += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
    }
    return result;
}

}  // namespace mpi4cxx::trace
