// Reads pickles from the standard input into a C++ type that the other side names, and writes the pickles of what it has read.
//
// Of a request: the name of the type, the number of buffers, the pickle, the buffers. Of an answer: 0 and a pickle, or 1 and the text of an
// exception. Each text and each run of bytes follows its length, which takes eight bytes, as the number of buffers does.

#include <mpi4cxx/python/pickle.hpp>

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iostream>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace python = mpi4cxx::python;

namespace {

enum class Color : int { red = 1, green = 2 };

struct Point {
    double x, y;
};
struct Plan {
    int steps;
    double dt;
    std::optional<std::string> name;
    std::vector<Point> points;
    std::array<int, 2> grid;
    Color color;
};

/// A class with private members, which is written as a number.
class Celsius {
public:
    Celsius() = default;
    explicit Celsius(double degrees) : degrees_(degrees) {}
    [[nodiscard]] double degrees() const { return degrees_; }

private:
    double degrees_ = 0;
};

}  // namespace

template <> struct mpi4cxx::python::conversion<Celsius> {
    static void write(Output& to, const Celsius& value) { to.real(value.degrees()); }
    static void read(const Input& from, Celsius& value) {
        double degrees = 0;
        python::read(from, degrees);
        value = Celsius(degrees);
    }
};

namespace {

using Bytes = std::vector<std::byte>;
using Buffers = std::vector<std::span<const std::byte>>;

template <class T> Bytes echo(const Bytes& pickle, const Buffers& buffers) { return python::dumps(python::loads<T>(pickle, buffers)); }

/// The same, but numbers go back as an array.
template <class T> Bytes echo_array(const Bytes& pickle, const Buffers& buffers) {
    return python::dumps(python::as_array(python::loads<T>(pickle, buffers)));
}

const std::map<std::string, std::function<Bytes(const Bytes&, const Buffers&)>> types = {
    {"Value", echo<python::Value>},
    {"None", echo<std::monostate>},
    {"bool", echo<bool>},
    {"int8", echo<std::int8_t>},
    {"int", echo<int>},
    {"int64", echo<std::int64_t>},
    {"uint8", echo<std::uint8_t>},
    {"uint64", echo<std::uint64_t>},
    {"float", echo<float>},
    {"double", echo<double>},
    {"long double", echo<long double>},
    {"complex", echo<std::complex<double>>},
    {"string", echo<std::string>},
    {"bytes", echo<python::Bytes>},
    {"bytearray", echo<python::ByteArray>},
    {"optional int", echo<std::optional<int>>},
    {"vector double", echo<std::vector<double>>},
    {"array of vector double", echo_array<std::vector<double>>},
    {"vector int", echo<std::vector<int>>},
    {"vector bool", echo<std::vector<bool>>},
    {"vector complex", echo<std::vector<std::complex<double>>>},
    {"vector string", echo<std::vector<std::string>>},
    {"deque int", echo<std::deque<int>>},
    {"list int", echo<std::list<int>>},
    {"matrix", echo<std::vector<std::vector<double>>>},
    {"array 3", echo<std::array<double, 3>>},
    {"array 2 3", echo<std::array<std::array<double, 3>, 2>>},
    {"Array double", echo<python::Array<double>>},
    {"Array float", echo<python::Array<float>>},
    {"Array int", echo<python::Array<int>>},
    {"AnyArray", echo<python::AnyArray>},
    {"map", echo<std::map<std::string, double>>},
    {"map of vectors", echo<std::map<std::string, std::vector<double>>>},
    {"unordered_map", echo<std::unordered_map<int, std::string>>},
    {"map of floats", echo<std::map<float, int>>},
    {"set", echo<std::set<int>>},
    {"unordered_set", echo<std::unordered_set<std::string>>},
    {"tuple", echo<std::tuple<int, double, std::string>>},
    {"pair", echo<std::pair<int, std::vector<int>>>},
    {"variant", echo<std::variant<int, double, std::string, std::vector<int>, std::map<std::string, int>>>},
    {"variant of numbers", echo<std::variant<bool, float, int, std::complex<double>>>},
    {"Point", echo<Point>},
    {"Plan", echo<Plan>},
    {"Celsius", echo<Celsius>},
    {"dict", echo<python::Dict>},
    {"Object", [](const Bytes& pickle, const Buffers& buffers) { return python::dumps(python::loads<python::Object>(pickle, buffers).type); }},
};

std::uint64_t read_number() {
    std::uint64_t number = 0;
    std::cin.read(reinterpret_cast<char*>(&number), sizeof number);
    return number;
}

Bytes read_bytes() {
    Bytes bytes(read_number());
    std::cin.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return bytes;
}

void answer(std::uint64_t kind, std::span<const std::byte> bytes) {
    const std::uint64_t head[] = {kind, bytes.size()};
    std::cout.write(reinterpret_cast<const char*>(head), sizeof head);
    std::cout.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    std::cout.flush();
}

}  // namespace

int main() {
    while (std::cin.peek() != std::char_traits<char>::eof()) {
        const Bytes name = read_bytes();
        const std::string type(reinterpret_cast<const char*>(name.data()), name.size());
        std::vector<Bytes> parts(1 + read_number());
        for (Bytes& part : parts) part = read_bytes();
        const Buffers buffers(parts.begin() + 1, parts.end());
        try {
            answer(0, types.at(type)(parts[0], buffers));
        } catch (const std::exception& error) {
            answer(1, std::as_bytes(std::span(std::string_view(error.what()))));
        }
    }
}
