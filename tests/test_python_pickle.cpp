#include "catch.hpp"
#include "refused.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>
#include <mpi4cxx/python.hpp>

#include <array>
#include <complex>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace MPI = mpi4cxx;
namespace python = mpi4cxx::python;
using namespace std::string_literals;

namespace {

struct Step {
    int number;
    std::optional<double> time;
    std::map<std::string, std::vector<int>> parts;
    friend bool operator==(const Step&, const Step&) = default;
};

struct Pair {
    int first, second;
    friend bool operator==(const Pair&, const Pair&) = default;
};

template <class T> struct Quantity {
    T value;
    friend bool operator==(const Quantity&, const Quantity&) = default;
};

template <std::size_t N> struct Label {
    char text[N];
    friend bool operator==(const Label&, const Label&) = default;
};

enum class Color : std::int8_t { red, green };

/// Elements of another's memory.
struct Grid {
    const int* numbers;
    std::array<std::ptrdiff_t, 2> shape, strides;
};

}  // namespace

template <> struct mpi4cxx::buffer_traits<Grid> {
    static auto* data(auto& grid) { return grid.numbers; }
    static auto shape(const Grid& grid) { return grid.shape; }
    static auto strides(const Grid& grid) { return grid.strides; }
};

namespace {

template <class T> T again(const T& value) { return python::loads<T>(python::dumps(value)); }

/// Checks that each of these variants comes back as the alternative that it is.
constexpr auto each_again = []<class V>(std::initializer_list<V> values) {
    for (const V& value : values) {
        const V back = again(value);
        CHECK(back.index() == value.index());
        CHECK((back == value));
    }
};

std::vector<std::byte> bytes_of(const std::string& text) {
    const auto* const begin = reinterpret_cast<const std::byte*>(text.data());
    return {begin, begin + text.size()};
}

}  // namespace

TEST_CASE("A C++ value comes back from its pickle", "[python]") {
    CHECK(again(true));
    CHECK(again(-5) == -5);
    CHECK(again(std::uint64_t{1} << 63) == std::uint64_t{1} << 63);
    CHECK(again(1.5) == 1.5);
    CHECK(again(std::complex<float>(1, 2)) == std::complex<float>(1, 2));
    CHECK(again(std::string("text")) == "text");
    CHECK(again(std::vector<double>(1000, 0.5)) == std::vector<double>(1000, 0.5));
    CHECK(again(std::vector<bool>{true, false}) == std::vector<bool>{true, false});
    CHECK(again(std::array<std::array<int, 2>, 2>{{{1, 2}, {3, 4}}}) == std::array<std::array<int, 2>, 2>{{{1, 2}, {3, 4}}});
    CHECK(again(std::set<std::string>{"a", "b"}) == std::set<std::string>{"a", "b"});
    CHECK(again(std::tuple(1, 2.5, std::string("c"))) == std::tuple(1, 2.5, std::string("c")));
    const Step step{3, std::nullopt, {{"a", {1, 2}}, {"", {}}}};
    CHECK(again(step) == step);
    CHECK(python::loads<std::string>(python::dumps("a literal")) == "a literal");
}

TEST_CASE("A member's name may have any letters", "[python]") {
    struct Sizes {
        double größe, maße;
        int count;
    };
    const auto dict = python::loads<std::map<std::string, double>>(python::dumps(Sizes{1, 2, 3}));
    CHECK(dict == std::map<std::string, double>{{"größe", 1}, {"maße", 2}, {"count", 3}});
}

TEST_CASE("An array of characters is a str that ends at its null or where the array ends", "[python]") {
    struct Sensor {
        char name[4];
        char unit[8];
    };
    const auto pickle = python::dumps(Sensor{{'a', 'b', 'c', 'd'}, "K"});
    CHECK(python::loads<std::map<std::string, std::string>>(pickle) == std::map<std::string, std::string>{{"name", "abcd"}, {"unit", "K"}});
    const auto sensor = python::loads<Sensor>(pickle);
    CHECK(std::string(sensor.name, 4) == "abcd");
    CHECK(std::string(sensor.unit, 8) == std::string("K\0\0\0\0\0\0\0", 8));
    const std::map<std::string, std::string> longer{{"name", "abcde"}, {"unit", "K"}}, with_null{{"name", std::string("a\0b", 3)}, {"unit", "K"}};
    CHECK(contains(type_error([&] { (void)python::loads<Sensor>(python::dumps(longer)); }), "the str 'abcde', which does not fit the C++ type"));
    CHECK(contains(type_error([&] { (void)python::loads<Sensor>(python::dumps(with_null)); }), "value['name'] has a null character"));
    const char* const nothing = nullptr;
    refused("a null pointer is no text", [&] { (void)python::dumps(nothing); });
}

TEST_CASE("A key of a dict and an element of a set are what Python can hash", "[python]") {
    const std::map<std::array<int, 2>, double> map{{{1, 2}, 0.5}};
    CHECK(again(map) == map);
    const std::set<std::set<std::vector<int>>> set{{{1}, {}}, {}};
    CHECK(again(set) == set);
    CHECK(python::loads<python::Dict>(python::dumps(map)).items[0].first.is<python::Tuple>());
    for (const python::Value& element : python::loads<python::Set>(python::dumps(set)).elements) CHECK(element.is<python::FrozenSet>());
    python::Dict dict;
    dict.items = {{python::List{python::List{1}}, python::List{2}}};
    CHECK(again(dict).items[0].first.get<python::Tuple>().elements[0].is<python::Tuple>());
    CHECK(again(dict).items[0].second.is<python::List>());
    dict.items[0].first = python::Tuple{{python::Dict()}};
    refused("a dict cannot be a key of a dict or an element of a set in Python", [&] { (void)python::dumps(dict); });
    refused("a bytearray cannot be a key", [] { (void)python::dumps(python::Set{{python::ByteArray()}}); });
    refused("an array of NumPy's cannot be a key", [] { (void)python::dumps(python::FrozenSet{{python::AnyArray{{'i', 1}, {std::byte{1}}, {1}}}}); });
}

TEST_CASE("A set whose elements are the same in C++ is not read", "[python][error]") {
    const std::set<double> doubles{0.1, 0.1 + 1e-12};
    CHECK(again(doubles) == doubles);
    CHECK(contains(type_error([&] { (void)python::loads<std::set<float>>(python::dumps(doubles)); }), "has an element that is the same as another"));
}

TEST_CASE("Bytes of a fixed number and a view of bytes are bytes", "[python]") {
    const std::array<std::byte, 3> bytes{std::byte{1}, std::byte{2}, std::byte{255}};
    CHECK(again(bytes) == bytes);
    CHECK(python::loads<python::Value>(python::dumps(bytes)).is<python::Bytes>());
    CHECK(python::loads<python::Bytes>(python::dumps(std::span(bytes))) == python::Bytes(bytes.begin(), bytes.end()));
    CHECK(contains(type_error([&] { (void)python::loads<std::array<std::byte, 2>>(python::dumps(bytes)); }), "is a bytes of 3 bytes, but"));
}

TEST_CASE("A long double that no float of Python's can hold is not sent", "[python][error]") {
    CHECK(again(1e300L) == static_cast<long double>(1e300));
    refused("dumps: a long double is too large for a float", [] { (void)python::dumps(1e4000L); });
    refused("test_python_pickle.cpp:", [] { (void)python::dumps(1e4000L); });
    refused("a long double is too large for a float", [] { (void)python::dumps(std::complex<long double>(0, 1e4000L)); });
}

TEST_CASE("Arrays of NumPy keep their shape and their order", "[python]") {
    const python::Array<float> array{{1, 2, 3, 4, 5, 6}, {2, 3}, python::Order::F};
    CHECK(again(array) == array);
    const std::vector<std::byte> pickle = python::dumps(array);
    CHECK(python::loads<std::vector<std::vector<double>>>(pickle) == std::vector<std::vector<double>>{{1, 3, 5}, {2, 4, 6}});
    const std::vector<int> numbers{1, 2, 3, 4};
    CHECK(python::loads<python::Array<int>>(python::dumps(python::as_array(numbers, {2, 2}))) == python::Array<int>{numbers, {2, 2}});
}

TEST_CASE("An array whose shape has another number of elements is refused at the user's line", "[python][error]") {
    const std::vector<int> numbers{1, 2, 3, 4};
    const auto refused_here = [](const std::string& text, auto f) { refused(text, f), refused("test_python_pickle.cpp:", f); };
    refused_here("as_array: 16 bytes are no array of the shape (3, 2) with elements of 4 bytes", [&] { (void)python::as_array(numbers, {3, 2}); });
    refused_here("dumps: 16 bytes are no array of the shape (5) with", [&] { (void)python::dumps(python::Array<int>{numbers, {5}}); });
    refused_here("dumps: 1 bytes are no array of the shape (2) with", [] { (void)python::dumps(python::AnyArray{{'i', 1}, {std::byte{1}}, {2}}); });
    refused("7 bytes are no array of the shape (1) with", [] { (void)python::dumps(python::AnyArray{{'i', 4}, python::Bytes(7), {1}}); });
    refused("0 bytes are no array", [] { (void)python::dumps(python::AnyArray{}); });
    for (const std::uint64_t large : {std::uint64_t{1} << 32, std::uint64_t{1} << 63})  // the product is 0 in 64 bits
        refused("0 bytes are no array of the shape (" + std::to_string(large), [&] { (void)python::dumps(python::Array<int>{{}, {large, large}}); });
    CHECK(python::as_array(std::vector<int>(), {0, 3}).shape == std::vector<std::uint64_t>{0, 3});
    const python::Array<int> empty{{}, {0, std::uint64_t{1} << 40, std::uint64_t{1} << 40}};
    CHECK(python::dumps(empty).size() > 0);
}

TEST_CASE("A matrix is sent as an array of its shape, but not with gaps", "[python]") {
    const std::vector<int> numbers{1, 2, 3, 4, 5, 6};
    const auto comes_as = [&](const Grid& grid) { return python::loads<python::Array<int>>(python::dumps(python::as_array(grid))); };
    CHECK(comes_as({numbers.data(), {2, 3}, {3, 1}}) == python::Array<int>{numbers, {2, 3}});
    CHECK(comes_as({numbers.data(), {2, 3}, {1, 2}}) == python::Array<int>{numbers, {2, 3}, python::Order::F});
    CHECK(comes_as({numbers.data(), {1, 3}, {5, 1}}) == python::Array<int>{{1, 2, 3}, {1, 3}});
    CHECK(comes_as({numbers.data(), {0, 3}, {7, 7}}) == python::Array<int>{{}, {0, 3}});
    for (const Grid& grid : {Grid{numbers.data(), {2, 2}, {3, 1}}, Grid{numbers.data(), {3, 1}, {2, 1}}})
        refused("there are gaps between the elements in memory: copy them first, Eigen's by eval() (", [&] { (void)python::as_array(grid); });
    refused("test_python_pickle.cpp:", [&] { (void)python::as_array(Grid{numbers.data(), {2, 2}, {3, 1}}); });
    CHECK(python::loads<python::Array<int>>(python::dumps(python::as_array(Grid{numbers.data(), {2, 3}, {3, 1}}, {6}))).shape.size() == 1);
}

TEST_CASE("An array of any size lies beside its pickle", "[python]") {
    const std::vector<double> numbers(1'200'000, 0.5);
    const auto pickle = MPI::detail::pickled(python::as_array(numbers), MPI::detail::PickleBuffers::beside, "dumps", {});
    CHECK(pickle.buffers().size() == 1);
    CHECK(python::loads<std::vector<double>>(pickle.pickle(), pickle.buffers()) == numbers);
}

TEST_CASE("A Value holds what is not known in advance", "[python]") {
    python::Dict dict;
    dict.items = {{"x", 1}, {"y", python::List{2.5, nullptr, "three"}}};
    const python::Value value = dict;
    const python::Value copy = again(value);
    CHECK(copy == value);
    CHECK(copy["x"].get<std::int64_t>() == 1);
    CHECK(copy["y"][1].is_none());
    CHECK(copy["y"][2].is<std::string>());
    CHECK_THROWS_AS(copy["z"], std::out_of_range);
    CHECK(python::Value(1.5F).get<double>() == 1.5);
    CHECK(python::Value(true).get<bool>());
    STATIC_REQUIRE_FALSE(std::is_constructible_v<python::Value, std::uint64_t>);  // which may be too large, and must not become a bool
    CHECK_THROWS_AS(copy.get<bool>(), std::bad_variant_access);
    CHECK(python::loads<std::map<std::string, std::variant<int, std::vector<python::Value>>>>(python::dumps(value)).size() == 2);
}

TEST_CASE("A variant comes back as the alternative that it was", "[python]") {
    each_again.operator()<std::variant<float, double>>({0.5F, 0.1, 1e300});
    each_again.operator()<std::variant<std::complex<float>, std::complex<double>>>({std::complex<float>(1), std::complex<double>(1, 0.1)});
    each_again.operator()<std::variant<std::vector<float>, std::vector<double>>>({std::vector<float>{0.5}, std::vector<double>{0.5, 0.1}});
    each_again.operator()<std::variant<std::tuple<int, int>, std::vector<int>>>({std::tuple(1, 2), std::vector<int>{1, 2}});
    each_again.operator()<std::variant<std::array<int, 2>, std::pair<int, int>>>({std::array<int, 2>{1, 2}, std::pair(1, 2)});
    each_again.operator()<std::variant<python::Bytes, python::ByteArray>>({python::Bytes(2), python::ByteArray{python::Bytes(2)}});
    each_again.operator()<std::variant<std::map<int, float>, std::map<int, double>>>(
        {std::map<int, float>{{1, 0.5}}, std::map<int, double>{{1, 0.1}}});
    each_again.operator()<std::variant<std::set<float>, std::set<double>>>({std::set<float>{0.5}, std::set<double>{0.1}});
    each_again.operator()<std::variant<python::Array<float>, python::Array<double>>>(
        {python::Array<float>{{1}, {1}}, python::Array<double>{{1}, {1}}});
    const std::vector<double> doubles{0.1};
    CHECK(python::loads<std::variant<std::vector<float>, std::vector<double>>>(python::dumps(python::as_array(doubles))).index() == 1);
    CHECK(python::loads<std::variant<float, std::string>>(python::dumps(0.1)).index() == 0);  // what is not exact is better than nothing
}

TEST_CASE("A variant of plain structs comes back as the one that it was", "[python]") {
    using Tuple = std::tuple<int, int>;
    each_again.operator()<std::variant<Quantity<double>, Quantity<int>>>({Quantity<double>{2.5}, Quantity<int>{2}});
    each_again.operator()<std::variant<Quantity<std::int8_t>, Quantity<std::int64_t>>>({Quantity<std::int8_t>{2}, Quantity<std::int64_t>{300}});
    each_again.operator()<std::variant<std::vector<Quantity<double>>, std::vector<Quantity<int>>>>({std::vector<Quantity<int>>{{2}}});
    each_again.operator()<std::variant<std::map<int, Quantity<double>>, std::map<int, Quantity<int>>>>({std::map<int, Quantity<int>>{{1, {2}}}});
    each_again.operator()<std::variant<Pair, Tuple>>({Pair{1, 2}, Tuple(1, 2)});
    each_again.operator()<std::variant<Label<2>, Label<4>>>({Label<2>{"a"}, Label<4>{"abc"}});
    CHECK(python::loads<std::variant<Quantity<int>, Pair>>(python::dumps(Tuple(1, 2))).index() == 1);  // another program may write it so
}

TEST_CASE("A variant within a variant comes back as the alternative that it was", "[python]") {
    using Number = std::variant<double, std::string>;
    each_again.operator()<std::variant<Number, int>>({Number(3.0), Number("3"), 3});
    each_again.operator()<std::variant<Color, double>>({Color::green, 1.0});
    each_again.operator()<std::variant<std::variant<Color, double>, int>>({std::variant<Color, double>(Color::green), 300});
    each_again.operator()<std::variant<std::variant<std::int8_t, double>, std::int64_t>>({std::variant<std::int8_t, double>(1.5), 300});
    each_again.operator()<std::variant<std::variant<std::array<int, 2>, std::vector<double>>, std::vector<int>>>({std::vector<int>{1, 2, 3}});
    each_again.operator()<std::variant<std::variant<python::Tuple, std::vector<double>>, std::vector<int>>>({std::vector<int>{1}});
    each_again.operator()<std::variant<std::variant<python::BigInteger, double>, std::int64_t>>({1});
}

TEST_CASE("A variant of arrays comes back as the one of its shape and its type of numbers", "[python]") {
    using Bytes = python::Array<std::int8_t>;
    using Integers = python::Array<std::int64_t>;
    each_again.operator()<std::variant<Bytes, Integers>>({Bytes{{1}, {1}}, Integers{{1}, {1}}});
    each_again.operator()<std::variant<Integers, Bytes>>({Bytes{{1}, {1}}, Integers{{1}, {1}}});
    each_again.operator()<std::variant<python::Array<double>, python::Array<float>>>({python::Array<float>{{1}, {1}}});
    using Rows = std::vector<std::vector<double>>;
    using Pairs = std::vector<std::array<double, 2>>;
    const std::vector<float> floats{1, 2, 3, 4, 5, 6};
    const auto matrix = python::dumps(python::as_array(floats, {2, 3}));
    CHECK(python::loads<std::variant<std::variant<std::vector<float>, python::Array<int>>, Pairs, Rows>>(matrix).index() == 2);
    const std::vector<std::int64_t> numbers{1, 2};
    const auto integers = python::dumps(python::as_array(numbers));  // what NumPy makes of int
    CHECK(python::loads<std::variant<std::vector<double>, std::vector<int>>>(integers).index() == 1);
}

TEST_CASE("A variant of containers comes back as the one of its keys", "[python]") {
    using Key = std::array<int, 2>;  // a list that becomes a tuple
    each_again.operator()<std::variant<std::map<Key, float>, std::map<Key, double>>>({std::map<Key, double>{{{1, 2}, 0.1}}});
    each_again.operator()<std::variant<std::set<std::vector<double>>, std::set<std::vector<int>>>>({std::set<std::vector<int>>{{1}}});
}

TEST_CASE("Another value than the program asks for is an Exception that names the part", "[python][error]") {
    const std::map<std::string, std::vector<double>> map{{"x", {1, 2.5}}};
    const std::string text = type_error([&] { (void)python::loads<std::map<std::string, std::vector<int>>>(python::dumps(map)); });
    CHECK(contains(text, "value['x'][0] is the float 1, but the program asks for the C++ type int"));
    CHECK(contains(type_error([&] { (void)python::loads<Step>(python::dumps(map)); }), "value['x'] is no member of the C++ type"));
    CHECK(contains(type_error([] { (void)python::loads<std::int8_t>(python::dumps(200)); }), "the int 200, which does not fit the C++ type"));
    CHECK(contains(type_error([] { (void)python::loads<int>({}); }), "these 0 bytes are no pickle"));
}

TEST_CASE("An object that is a tuple or a number and has attributes is not read without one of them", "[python][error]") {
    const std::string words = "the value is an object that has attributes beside what its class is made of";
    const auto named = bytes_of("\x80\2c__main__\nN\nK\1K\2\x86\x81}X\4\0\0\0noteX\1\0\0\0asb."s);
    CHECK(contains(type_error([&] { (void)python::loads<python::Value>(named); }), words));
    CHECK(contains(type_error([&] { (void)python::loads<std::map<std::string, std::string>>(named); }), words));
    CHECK(contains(type_error([&] { (void)python::loads<Pair>(named); }), words));
    const auto plain = bytes_of("\x80\2c__main__\nN\nK\1K\2\x86\x81."s);
    CHECK(python::loads<python::Value>(plain).get<python::Tuple>().elements.size() == 2);
    CHECK(python::loads<Pair>(plain).second == 2);
    CHECK(python::loads<std::tuple<int, int>>(plain) == std::tuple(1, 2));
    CHECK(python::loads<std::array<int, 2>>(plain) == std::array<int, 2>{1, 2});
    CHECK(python::loads<std::vector<int>>(plain) == std::vector<int>{1, 2});
    CHECK(contains(type_error([&] { (void)python::loads<std::vector<int>>(named); }), words));
}

TEST_CASE("A BigInteger holds an int of any size", "[python]") {
    for (const std::int64_t value : {0L, 1L, -1L, 127L, 128L, -128L, -129L, 255L, 256L, 32767L, 32768L, -32768L, -32769L}) {
        const auto pickle = python::dumps(python::loads<python::BigInteger>(python::dumps(value)));
        CHECK(python::loads<std::int64_t>(pickle) == value);
    }
    for (const std::int64_t value : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
        CHECK(python::loads<python::BigInteger>(python::dumps(value)).bytes.size() == 8);
}

TEST_CASE("A pickle that calls a function is not read", "[python][error]") {
    const auto system = bytes_of("\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x06reboot\x85R.");
    CHECK(contains(type_error([&] { (void)python::loads<python::Value>(system); }), "the function posix.system would be called"));
}

TEST_CASE("A std::string that is no UTF-8 is no str", "[python][error]") {
    for (const char* const text : {"\xff", "ab\xc3", "\xc0\x80", "\xe0\x80\x80", "\xf4\x90\x80\x80"})
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)python::dumps(std::string(text)); }), "a std::string is no UTF-8 from byte"));
    CHECK(again(std::string("ü€𝄞")) == "ü€𝄞");
}

TEST_CASE("Containers of Python's module collections are read as dict and list", "[python]") {
    using Lists = std::map<int, std::vector<int>>;
    CHECK(python::loads<Lists>(bytes_of("ccollections\ndefaultdict\nc__builtin__\nlist\n\205RK\7]K\1as.")) == Lists{{7, {1}}});
    CHECK(python::loads<Lists>(bytes_of("ccollections\ndefaultdict\n)R.")).empty());
    CHECK(python::loads<std::map<int, int>>(bytes_of("ccollections\nCounter\n}(K\7K\2K\10K\1u\205R.")) == std::map<int, int>{{7, 2}, {8, 1}});
    CHECK(python::loads<std::vector<int>>(bytes_of("ccollections\ndeque\n)K\5\206R(K\1K\2e.")) == std::vector{1, 2});
    CHECK(python::loads<std::vector<int>>(bytes_of("ccollections\ndeque\n)R.")).empty());
    const auto called = bytes_of("ccollections\ndefaultdict\nK\1\205R.");
    CHECK(contains(type_error([&] { (void)python::loads<Lists>(called); }), "the arguments of collections.defaultdict are others"));
}

TEST_CASE("What is no pickle that is read says what to send", "[python][error]") {
    const auto refusal = [](const std::string& pickle) { return type_error([&] { (void)python::loads<python::Value>(bytes_of(pickle)); }); };
    CHECK(contains(refusal("(lp0\nI1\na."), "at byte 1 there is opcode 108 of protocol 0 or 1, but 2 to 5 are read"));
    CHECK(contains(refusal("\200\2l."), "there is opcode 108, which is not read"));
    CHECK(contains(refusal("cm\nKeys\n)\201K\1K\2s."), "an object of m.Keys, a subclass of dict, which is not read: send dict(value)"));
    CHECK(contains(refusal("cm\nElements\n)\201K\1a."), "an object of m.Elements, a subclass of list, which is not read: send list(value)"));
    CHECK(contains(refusal("cm\nColor\nK\1\205R."), "the function m.Color would be called"));
    CHECK(contains(refusal("cm\nColor\nK\1\205R."), "If this is a member of an Enum, send its .value"));
    CHECK(contains(refusal("cbuiltins\ngetattr\ncm\nColor\n\214\3red\206R."), "a member of the Enum m.Color: send its .value"));
}

TEST_CASE("An array that NumPy has transposed is read in its order, inside the pickle and beside it", "[python]") {
    const auto call = [](const std::string& data, const std::string& axes) {
        return bytes_of("cnumpy._core.numeric\n_frombuffer\n(" + data + "cnumpy\ndtype\n\214\2i1\205RK\2K\3K\2\207\214\1K" + axes + "tR.");
    };
    const std::vector<std::byte> data = bytes_of({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    const std::string inside = "C\14" + std::string(reinterpret_cast<const char*>(data.data()), data.size()), zero("K\0", 2);
    const std::string axes = "K\1K\2" + zero + "\207";  // those of numpy.arange(12, dtype='i1').reshape(2, 3, 2).transpose(1, 2, 0)
    const python::Array<int> expected{{0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11}, {3, 2, 2}};
    CHECK(python::loads<python::Array<int>>(call(inside, axes)) == expected);
    const std::span<const std::byte> buffer(data);
    CHECK(python::loads<python::Array<int>>(call("\227", axes), {&buffer, 1}) == expected);
    for (const std::string& wrong : {std::string("K\1K\2\206"), "K\1K\1" + zero + "\207", "K\1K\3" + zero + "\207", "K\1N" + zero + "\207"})
        CHECK(contains(type_error([&] { (void)python::loads<python::Value>(call(inside, wrong)); }), "the axes of an array are wrong"));
}
