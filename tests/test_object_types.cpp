// Objects of all kinds of types, none of which needs a header of cereal's, through every lowercase method.
#include "catch.hpp"
#include "object_ways.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bitset>
#include <chrono>
#include <complex>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <forward_list>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <queue>
#include <set>
#include <span>
#include <stack>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

// Functions with state, by which containers place their elements ---------------------------------------------------------

struct Along {
    int direction = 1;
    bool operator()(int a, int b) const { return direction * a < direction * b; }
};
struct Ranked {  // by a table that is large enough to be a block
    std::vector<int> sign;
    bool operator()(int a, int b) const { return sign.at(0) * a < sign.at(99999) * b; }
};
struct Modulo {
    int modulus = 1;
    std::size_t operator()(int a) const { return static_cast<std::size_t>(a % modulus); }
};

// Plain aggregates -------------------------------------------------------------------------------------------------------

struct Person {
    std::string name;
    int age;
    std::vector<std::string> tags;
    bool operator==(const Person&) const = default;
    friend Person operator+(const Person& a, const Person& b) { return {a.name + b.name, a.age + b.age, b.tags}; }
};
struct Team {  // of aggregates, in all that holds others
    Person head;
    std::vector<Person> members;
    std::map<std::string, Person> by_name;
    std::optional<Person> guest;
    std::variant<int, Person> next;
    std::string names[2];
    bool operator==(const Team& other) const {
        return head == other.head && members == other.members && by_name == other.by_name && guest == other.guest && next == other.next &&
               names[1] == other.names[1];
    }
};
struct Owner {  // cannot be copied
    std::unique_ptr<Person> person;
    std::shared_ptr<int> number, same;
};
struct Branch {  // of its own type within
    int value;
    std::vector<Branch> parts;
    std::unique_ptr<Branch> next;
};
struct Load {  // members that are named as functions of cereal's are
    std::string save;
    double load;
    void serialize_to(const std::string&) const {}
    bool operator==(const Load&) const = default;
};
struct Config {  // a function that has nothing to do with cereal
    std::string text;
    int saved = 0;
    void save(const std::string&) { ++saved; }
    bool operator==(const Config&) const = default;
};
struct Chosen {  // says itself what is sent
    std::string sent, kept;
    template <class Archive> void serialize(Archive& archive) { archive(sent); }
};
struct Beside {
    std::string sent, kept;
};
template <class Archive> void serialize(Archive& archive, Beside& beside) { archive(beside.sent); }
struct Tag {};
struct Counter {
    std::string name;
    std::atomic<int> count;
};

Person person(int rank) { return {"person " + std::to_string(rank) + std::string(40, 'x'), rank, {"tag", std::to_string(rank)}}; }
Team team(int rank) { return {person(rank), {person(1), person(2)}, {{"a", person(rank)}}, person(3), person(rank), {"x", letter(rank)}}; }

// What goes as it lies in memory -------------------------------------------------------------------------------------------

struct Value {
    int tag;
    union {
        int i;
        double d;
    };
};
struct Flags {
    unsigned a : 3, b : 5;
    int rest;
};
union Number {
    long whole;
    double real;
};
struct Cell {
    Value value;
    Flags flags;
    double x;
};

/// Converts to text, but is none.
struct Label {
    char text[16];
    int length;
    operator std::string_view() const { return {text, static_cast<std::size_t>(length)}; }
    bool operator==(const Label& other) const { return std::string_view(*this) == std::string_view(other); }
};

struct Throws {  // when it is copied
    Throws() = default;
    Throws(const Throws&) { throw std::runtime_error("no"); }
    Throws& operator=(const Throws&) = default;
    template <class Archive> void serialize(Archive&) {}
};

/// Whether objects of this type come back equal, alone and within others.
template <class T> bool comes_back(const T& object) {
    const bool alone = again(object) == object, in_vector = again(std::vector<T>(3, object)) == std::vector<T>(3, object),
               in_map = again(std::map<int, T>{{1, object}}) == std::map<int, T>{{1, object}},
               in_pair = again(std::pair(std::string("x"), object)) == std::pair(std::string("x"), object),
               in_optional = again(std::optional(object)) == std::optional(object);
    return alone && in_vector && in_map && in_pair && in_optional;
}

}  // namespace

template <> struct mpi4cxx::datatype_traits<Value> : mpi4cxx::bytes_type<Value> {};
template <> struct mpi4cxx::datatype_traits<Flags> : mpi4cxx::bytes_type<Flags> {};
template <> struct mpi4cxx::datatype_traits<Number> : mpi4cxx::bytes_type<Number> {};

TEST_CASE("A plain aggregate goes through every lowercase method with nothing written for it", "[object][types]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        everywhere(comm, person);
        everywhere(comm, team);
        everywhere(comm, [](int rank) { return std::vector<Person>(static_cast<std::size_t>(rank) + 1, person(rank)); });
        everywhere(
            comm,
            [](int rank) {
                return Owner{std::make_unique<Person>(person(rank)), nullptr, nullptr};
            },
            [](const Owner& a, const Owner& b) { return a.person && b.person && *a.person == *b.person; });
        everywhere(
            comm,
            [](int rank) {
                Branch branch{rank, {}, std::make_unique<Branch>(Branch{rank + 1, {}, nullptr})};
                branch.parts.push_back(Branch{rank + 2, {}, nullptr});
                return branch;
            },
            [](const Branch& a, const Branch& b) {
                return a.value == b.value && a.parts.at(0).value == b.parts.at(0).value && a.next && b.next && a.next->value == b.next->value;
            });
        int age = 0;
        std::string names;
        for (int i = 0; i < comm.size(); ++i) {
            age += i;
            names += person(i).name;
        }
        CHECK(comm.allreduce(person(comm.rank())) == Person{names, age, person(comm.size() - 1).tags});
        CHECK(comm.scan(person(comm.rank())).tags == person(comm.rank()).tags);
        CHECK(comm.recv<Person>(MPI::PROC_NULL) == Person{});
    });
}

TEST_CASE("What an aggregate says itself of how it is serialized comes first", "[object][types]") {
    CHECK(again(Chosen{"a", "b"}).kept.empty());
    CHECK(again(Chosen{"a", "b"}).sent == "a");
    CHECK(again(Beside{"a", "b"}).kept.empty());
    CHECK(again(std::vector<Beside>{{"a", "b"}})[0].sent == "a");
    CHECK(comes_back(Load{"a", 2.5}));
    CHECK(comes_back(Config{"a", 3}));
    CHECK(again(std::vector<Tag>(3)).size() == 3);
    const auto counter = std::make_unique<Counter>();
    counter->name = "x";
    counter->count = 5;
    CHECK(again(std::vector<std::string>{"x"})[0] == "x");
    const auto bytes = MPI::pickle.dumps(counter);
    CHECK(MPI::pickle.loads<std::unique_ptr<Counter>>(bytes)->count == 5);
}

TEST_CASE("Standard types need no header of cereal's", "[object][types]") {
    using namespace std::chrono_literals;
    const Person one = person(1);
    CHECK(comes_back(std::pair(1, std::string("a"))));
    CHECK(comes_back(std::tuple(1, std::string("a"), one)));
    CHECK(comes_back(std::array<std::string, 2>{"a", "b"}));
    CHECK(comes_back(std::optional<Person>(one)));
    CHECK(comes_back(std::variant<int, std::string, Person>(one)));
    CHECK(comes_back(std::variant<std::monostate, bool>()));
    CHECK(comes_back(5s));
    CHECK(comes_back(std::chrono::duration<double>(2.5)));
    CHECK(comes_back(std::chrono::system_clock::now()));
    CHECK(comes_back(std::chrono::year(2026) / 11 / 28));
    CHECK(comes_back(std::complex<double>(1, 2)));
    CHECK(comes_back(std::bitset<70>(5)));
    CHECK(comes_back(std::filesystem::path("/a/b")));
    CHECK(comes_back(std::list<Person>{one}));
    CHECK(comes_back(std::deque<Person>{one}));
    CHECK(comes_back(std::forward_list<Person>{one}));
    CHECK(comes_back(std::set<std::string>{"a", "b"}));
    CHECK(comes_back(std::unordered_map<std::string, Person>{{"a", one}}));
    CHECK(comes_back(std::vector<bool>{true, false}));
    CHECK((again(std::valarray<double>{1, 2}) == std::valarray<double>{1, 2}).min());
    CHECK(again(std::stack<Person>({one})) == std::stack<Person>({one}));
    CHECK(again(std::queue<Person>({one})) == std::queue<Person>({one}));
    auto heap = again(std::priority_queue<int, std::vector<int>, std::greater<>>(std::greater<>(), {3, 1, 2}));
    CHECK((heap.size() == 3 && heap.top() == 1));
    CHECK(comes_back(std::pmr::string("a")));
    CHECK(comes_back(std::pmr::vector<std::pmr::string>{"a", "b"}));
    CHECK(comes_back(std::pmr::map<int, std::pmr::string>{{1, "a"}}));
    CHECK(*again(std::make_shared<Person>(one)) == one);
    CHECK(*again(std::make_shared<const std::string>("a")) == "a");
    const auto bytes = MPI::pickle.dumps(std::make_unique<Person>(one));
    CHECK(*MPI::pickle.loads<std::unique_ptr<Person>>(bytes) == one);
}

TEST_CASE("The order of a set or a map arrives with its elements", "[object][types]") {
    const std::set<int, Along> numbers({1, 2, 3}, Along{-1});
    CHECK(std::ranges::equal(again(numbers), std::array{3, 2, 1}));
    std::set<int, Along> held({1, 2, 3});
    MPI::Request sent = MPI::COMM_SELF.isend(numbers, 0);
    MPI::COMM_SELF.recv_into(held, 0);
    sent.Wait();
    held.insert(4);
    CHECK(*held.begin() == 4);
    const std::map<int, Person, Along> people({{1, person(1)}, {2, person(2)}}, Along{-1});
    CHECK(comes_back(people));
    const std::map<int, int, Ranked> ranked({{2, 0}, {70000, 1}, {1, 2}}, Ranked{std::vector<int>(100000, -1)});
    CHECK(comes_back(ranked));
    const std::unordered_multimap<int, std::string, Modulo> hashed({{1, "a"}, {4, "b"}, {1, "c"}, {1, "d"}}, 8, Modulo{3});
    const auto copy = again(hashed);
    const auto values = [](const auto& map) {
        std::string all;
        for (auto [i, end] = map.equal_range(1); i != end; ++i) all += i->second;
        return all;
    };
    CHECK((copy.hash_function().modulus == 3 && copy == hashed && values(copy) == values(hashed)));
}

TEST_CASE("A variant without a value is refused where it is sent", "[object][types][error]") {
    std::variant<int, Throws> variant;
    const Throws throws;
    CHECK_THROWS(variant.emplace<1>(throws));
    CHECK(variant.valueless_by_exception());
    CHECK_THROWS_AS(MPI::pickle.dumps(variant), std::invalid_argument);
}

TEST_CASE("Pointers to one object stay pointers to one object", "[object][types]") {
    const auto shared = std::make_shared<int>(5);
    const Owner owner = MPI::pickle.loads<Owner>(MPI::pickle.dumps(Owner{nullptr, shared, shared}));
    CHECK((owner.number != nullptr && owner.number == owner.same && *owner.number == 5));
    struct Ring {
        int value;
        std::shared_ptr<Ring> next;
        std::weak_ptr<Ring> back;
    };
    const auto ring = std::make_shared<Ring>(Ring{1, nullptr, {}});
    ring->next = std::make_shared<Ring>(Ring{2, ring, ring});
    const auto copy = again(ring);
    CHECK((copy->value == 1 && copy->next->value == 2 && copy->next->next == copy && copy->next->back.lock() == copy));
    ring->next.reset();
    copy->next.reset();
}

TEST_CASE("What converts to text, and is none, is received as what it is", "[object][types]") {
    const auto label = [](int rank) { return Label{{static_cast<char>('a' + rank), 'b'}, 2}; };
    STATIC_REQUIRE(std::is_same_v<MPI::sent_as<Label>, Label>);
    STATIC_REQUIRE(std::is_same_v<MPI::sent_as<std::pmr::string>, std::pmr::string>);
    STATIC_REQUIRE(std::is_same_v<MPI::sent_as<std::filesystem::path>, std::filesystem::path>);
    for_each_comm([&](const MPI::Intracomm& comm) {
        everywhere(comm, label);
        everywhere(comm, [&](int rank) { return std::vector{label(rank)}; });
        everywhere(comm, [](int rank) { return std::pmr::string(letter(rank)); });
        everywhere(comm, [](int rank) { return std::filesystem::path(letter(rank)); });
    });
}

TEST_CASE("Literals, views and arrays are received as what owns its elements", "[object][types]") {
    STATIC_REQUIRE(std::is_same_v<MPI::sent_as<const char(&)[3]>, std::string>);
    STATIC_REQUIRE(std::is_same_v<MPI::sent_as<const char*>, std::string>);
    STATIC_REQUIRE(std::is_same_v<MPI::sent_as<std::string_view>, std::string>);
    STATIC_REQUIRE(std::is_same_v<MPI::sent_as<const wchar_t*>, std::wstring>);
    STATIC_REQUIRE(std::is_same_v<MPI::sent_as<int[2][3]>, std::array<std::array<int, 3>, 2>>);
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto pass = [&]<class T>(const auto& object, const T& expected) {
            MPI::Request request = comm.isend(object, right_of(comm), 1);
            CHECK((comm.recv<T>(left_of(comm), 1) == expected));
            request.wait();
            CHECK((comm.sendrecv<T>(object, right_of(comm), 2, left_of(comm), 2) == expected));
            CHECK((comm.bcast(object, 0) == expected));
            CHECK((comm.ibcast(object, 0).wait() == expected));
            CHECK((comm.allgather(object) == std::vector<T>(static_cast<std::size_t>(comm.size()), expected)));
        };
        const std::vector<int> numbers{1, 2, 3};
        const std::vector<Person> people{person(1), person(2)};
        const int array[2] = {1, 2}, matrix[2][2] = {{1, 2}, {3, 4}};
        const char unended[3] = {'a', 'b', 'c'}, ended[8] = "abc";
        const char* const text = "abc";
        const std::string words[2] = {"a", "b"};
        const char names[2][8] = {"abc", "d"};
        const char* const texts[2] = {"abc", ""};
        pass("abc", std::string("abc"));
        pass(text, std::string("abc"));
        pass(unended, std::string("abc"));
        pass(ended, std::string("abc"));
        pass(std::string_view("abc"), std::string("abc"));
        pass(L"abc", std::wstring(L"abc"));
        pass(std::span(numbers), numbers);
        pass(std::span(people), people);
        pass(array, std::array{1, 2});
        pass(matrix, std::array{std::array{1, 2}, std::array{3, 4}});
        pass(words, std::array<std::string, 2>{"a", "b"});
        pass(names, std::array<std::string, 2>{"abc", "d"});
        pass(texts, std::array<std::string, 2>{"abc", ""});
        int into[2] = {};
        MPI::Request request = comm.isend(array, right_of(comm), 3);
        comm.recv_into(into, left_of(comm), 3);
        request.wait();
        CHECK(into[1] == 2);
    });
    const char* const none = nullptr;
    CHECK_THROWS_AS(MPI::COMM_SELF.send(none, 0), std::invalid_argument);
}

TEST_CASE("What has a bytes_type goes as it lies in memory, also within others", "[object][types]") {
    const auto value = [](int rank) {
        Value result;
        result.tag = rank;
        result.d = rank + 0.5;
        return result;
    };
    const auto equal = [](const Value& a, const Value& b) { return a.tag == b.tag && a.d == b.d; };
    const auto cell = [&](int rank) { return Cell{value(rank), Flags{5, 17, rank}, 1.5}; };
    const auto equal_cells = [&](const Cell& a, const Cell& b) { return equal(a.value, b.value) && a.flags.b == 17 && a.flags.rest == b.flags.rest; };
    for_each_comm([&](const MPI::Intracomm& comm) {
        everywhere(comm, value, equal);
        everywhere(comm, cell, equal_cells);
        everywhere(
            comm,
            [](int rank) {
                return Flags{1, 2, rank};
            },
            [](const Flags& a, const Flags& b) { return a.b == 2 && a.rest == b.rest; });
        everywhere(
            comm, [](int rank) { return Number{rank}; }, [](const Number& a, const Number& b) { return a.whole == b.whole; });
        for (const std::size_t n : {3U, 20'000U}) {
            everywhere(
                comm, [&](int rank) { return std::vector<Value>(n, value(rank)); },
                [&](const auto& a, const auto& b) { return a.size() == b.size() && equal(a.back(), b.back()); });
            everywhere(
                comm, [&](int rank) { return std::vector<Cell>(n, cell(rank)); },
                [&](const auto& a, const auto& b) { return a.size() == b.size() && equal_cells(a.back(), b.back()); });
        }
        everywhere(
            comm,
            [&](int rank) {
                return std::map<int, Value>{{1, value(rank)}};
            },
            [&](const auto& a, const auto& b) { return equal(a.at(1), b.at(1)); });
    });
}
