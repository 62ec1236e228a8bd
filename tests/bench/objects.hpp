// What the benchmarks of objects send: timings.cpp between processes, counts.cpp within one, timings.py in Python.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

namespace bench {

/// 36 bytes of members.
struct Particle {
    int id;
    double x, y, z, mass;
    bool operator==(const Particle&) const = default;
};

using Map = std::map<std::string, double>;
using Strings = std::vector<std::string>;
using Doubles = std::vector<double>;
using Rows = std::vector<Doubles>;

inline Particle make_particle() { return {7, 1.5, 2.5, 3.5, 4.5}; }

inline std::string make_string() { return std::string(100, 'x'); }

inline Map make_map(int entries, int first = 0) {
    Map map;
    for (int i = first; i < first + entries; ++i) map["key " + std::to_string(i)] = i;
    return map;
}

inline Strings make_strings(int count) {
    Strings strings;
    for (int i = 0; i < count; ++i) strings.push_back("string " + std::to_string(i));
    return strings;
}

inline Doubles make_doubles(std::size_t count) {
    Doubles doubles(count);
    for (std::size_t i = 0; i < count; ++i) doubles[i] = static_cast<double>(i);
    return doubles;
}

inline Rows make_rows() { return Rows(1000, make_doubles(100)); }

/// How many bytes of data an object has, with eight for the length of each string and container: what C is given to send.
inline std::size_t data_size(const Particle&) { return sizeof(int) + 4 * sizeof(double); }
inline std::size_t data_size(double) { return sizeof(double); }
inline std::size_t data_size(const std::string& string) { return 8 + string.size(); }
inline std::size_t data_size(const Map& map) {
    std::size_t size = 8;
    for (const auto& [key, value] : map) size += data_size(key) + data_size(value);
    return size;
}
template <class T> std::size_t data_size(const std::vector<T>& vector) {
    std::size_t size = 8;
    for (const T& element : vector) size += data_size(element);
    return size;
}

/// Combines two maps, adding what both have.
struct Merge {
    Map operator()(Map a, const Map& b) const {
        for (const auto& [key, value] : b) a[key] += value;
        return a;
    }
};

/// Combines two particles into one: the heavier's number, the middle of both, the mass of both.
struct Join {
    Particle operator()(const Particle& a, const Particle& b) const {
        const double mass = a.mass + b.mass;
        const auto middle = [&](double at, double bt) { return (at * a.mass + bt * b.mass) / mass; };
        return {a.mass < b.mass ? b.id : a.id, middle(a.x, b.x), middle(a.y, b.y), middle(a.z, b.z), mass};
    }
};

/// Makes the compiler believe that somebody reads `value`.
template <class T> void keep(const T& value) { asm volatile("" : : "r"(&value) : "memory"); }

}  // namespace bench
