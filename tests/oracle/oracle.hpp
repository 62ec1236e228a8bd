// What our programs share: they say lines, which rank 0 prints at the end, rank by rank, as oracle.py does.
#pragma once

#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using std::vector;

inline vector<int> counting(int from, int n) {
    vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), from);
    return result;
}
inline vector<int> unset(int n) { return vector<int>(static_cast<std::size_t>(n), -1); }

inline std::string show(const std::string& text) { return text; }
inline std::string show(const char* text) { return text; }
template <class T>
    requires std::is_arithmetic_v<T> || std::is_enum_v<T> std::string show(T value) {
        if constexpr (std::is_same_v<T, bool>) {
            return value ? "True" : "False";
        } else if constexpr (std::is_floating_point_v<T>) {
            char text[64];
            std::snprintf(text, sizeof text, "%.12g", static_cast<double>(value));
            return text;
        } else {
            return std::to_string(static_cast<long long>(value));
        }
    }
template <class T> std::string show(const std::optional<T>& value);
template <class K, class V> std::string show(const std::map<K, V>& items);
template <class A, class B> std::string show(const std::pair<A, B>& pair) { return "[" + show(pair.first) + ", " + show(pair.second) + "]"; }
template <class T> std::string show(const vector<T>& items) {
    std::string result = "[";
    for (const auto& item : items) result += (result.size() > 1 ? ", " : "") + show(static_cast<const T&>(item));
    return result + "]";
}
template <class K, class V> std::string show(const std::map<K, V>& items) {
    std::string result = "{";
    for (const auto& [key, value] : items) result += (result.size() > 1 ? ", " : "") + show(key) + ": " + show(value);
    return result + "}";
}
template <class T> std::string show(const std::optional<T>& value) { return value ? show(*value) : "None"; }

struct Oracle {
    Oracle(int& argc, char**& argv) : env(argc, argv) {}

    template <class... T> void say(const T&... words) {
        std::string line;
        ((line += (line.empty() ? "" : " ") + show(words)), ...);
        lines.push_back(line);
    }
    void finish() const {
        const auto all = world.gather(lines);
        for (std::size_t number = 0; number < all.size(); ++number)
            for (const std::string& line : all[number]) std::printf("%zu %s\n", number, line.c_str());
    }

    MPI::Environment env;
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    int rank = world.rank(), size = world.size();
    vector<std::string> lines;
};

/// The class of the error that `call` throws.
template <class F> int error_of(F call) {
    try {
        call();
    } catch (const MPI::Exception& error) {
        return error.Get_error_class();
    }
    return MPI::SUCCESS;
}
