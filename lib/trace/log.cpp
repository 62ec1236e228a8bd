// Writes and reads the log of a process.
#include "trace/log.hpp"

#include "trace/text.hpp"

#include <cstdio>
#include <memory>

namespace mpi4cxx::trace {

namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// Visits all members of a log in a fixed order, for writing and for reading.
template <class Stream, class Any> bool all_of(Stream& stream, Any& log) {
    return stream(log.rank) && stream(log.offset) && stream(log.begin) && stream(log.end) && stream(log.dropped) && stream(log.totals) &&
           stream(log.traffic) && stream(log.fetched) && stream(log.events) && stream(log.messages) && stream(log.collectives) &&
           stream(log.comm_ids) && stream(log.comm_labels);
}

struct Writer {
    std::FILE* file;
    template <class T> bool operator()(const T& value) { return std::fwrite(&value, sizeof value, 1, file) == 1; }
    bool operator()(const std::string& text) { return (*this)(text.size()) && std::fwrite(text.data(), 1, text.size(), file) == text.size(); }
    template <class T> bool operator()(const std::map<int, T>& map) {
        bool good = (*this)(map.size());
        for (const auto& [key, value] : map) good = good && (*this)(key) && (*this)(value);
        return good;
    }
    template <class T> bool operator()(const std::deque<T>& values) { return list(values); }
    template <class T> bool operator()(const std::vector<T>& values) { return list(values); }
    template <class List> bool list(const List& values) {
        bool good = (*this)(values.size());
        for (const auto& value : values) good = good && (*this)(value);
        return good;
    }
};

struct Reader {
    std::FILE* file;
    template <class T> bool operator()(T& value) { return std::fread(&value, sizeof value, 1, file) == 1; }
    bool operator()(std::string& text) {
        std::size_t size = 0;
        if (!(*this)(size))
            return false;
        text.resize(size);
        return std::fread(text.data(), 1, size, file) == size;
    }
    template <class T> bool operator()(std::map<int, T>& map) {
        std::size_t size = 0;
        bool good = (*this)(size);
        for (std::size_t i = 0; good && i < size; ++i) {
            int key = 0;
            good = (*this)(key) && (*this)(map[key]);
        }
        return good;
    }
    template <class T> bool operator()(std::deque<T>& values) { return list(values); }
    template <class T> bool operator()(std::vector<T>& values) { return list(values); }
    template <class List> bool list(List& values) {
        std::size_t size = 0;
        bool good = (*this)(size);
        for (std::size_t i = 0; good && i < size; ++i) good = (*this)(values.emplace_back());
        return good;
    }
};

}  // namespace

std::int64_t now(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void Log::save(const std::string& path) const {
    File file(std::fopen((path + ".part").c_str(), "wb"), std::fclose);
    if (file == nullptr)
        return;
    Writer writer{file.get()};
    const bool is_written = all_of(writer, *this);
    put_in_place(path, std::fclose(file.release()) == 0 && is_written);
}

bool Log::load(const std::string& path) {
    const File file(std::fopen(path.c_str(), "rb"), std::fclose);
    if (file == nullptr)
        return false;
    Reader reader{file.get()};
    const bool is_whole = all_of(reader, *this);
    if (!is_whole)
        *this = {};  // events refer to what comes after them
    return is_whole;
}

}  // namespace mpi4cxx::trace
