#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <cereal/types/map.hpp>
#include <cereal/types/memory.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using namespace mpi4cxx::futures;
using namespace std::chrono_literals;

// MPICommExecutor serves all cases: MPIPoolExecutor keeps the other ranks for itself, so that it has programs of its own.

namespace {

int product(int x, int y) { return x * y; }
int square(int x) { return x * x; }
std::string temporary(const char* name) { return std::filesystem::temp_directory_path() / (name + std::to_string(getpid())); }
std::string fail(int x) { throw std::runtime_error("no luck with " + std::to_string(x)); }
std::vector<int> numbers(int n, int first = 0) {
    std::vector<int> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), first);
    return all;
}

/// Runs `f(executor)` on rank 0 of the world and of other communicators.
template <class F> void with_executors(F f, const PoolOptions& options = {}) {
    for_each_comm([&](const MPI::Intracomm& comm) {
        if (MPICommExecutor executor{comm, 0, options})
            f(executor);
    });
}
/// The same for the world alone.
template <class F> void with_executor(F f, const PoolOptions& options = {}) {
    if (MPICommExecutor executor{MPI::COMM_WORLD, 0, options})
        f(executor);
}

std::atomic<long> initialized_by = 0;  // workers may be threads

struct Scale {  // an aggregate that can be called
    double factor;
    std::string unit;
    template <class Archive> void serialize(Archive& archive) { archive(factor, unit); }
    std::string operator()(double value) const { return std::to_string(static_cast<int>(factor * value)) + unit; }
};

class Adder {  // serializable by its own function
public:
    explicit Adder(std::vector<int> terms = {}) : terms_(std::move(terms)) {}
    template <class Archive> void serialize(Archive& archive) { archive(terms_); }
    int operator()(int x) const { return std::accumulate(terms_.begin(), terms_.end(), x); }

private:
    std::vector<int> terms_;
};

/// Counts how many there are.
struct Counted {
    static inline std::atomic<int> alive{0};
    int value = 0;
    Counted() { ++alive; }
    Counted(const Counted& other) : value(other.value) { ++alive; }
    Counted& operator=(const Counted&) = default;
    ~Counted() { --alive; }
    template <class Archive> void serialize(Archive& archive) { archive(value); }
};

struct Point {
    double x, y;
    bool operator==(const Point&) const = default;
};

template <class E, class F> std::string thrown_as(F f) { return thrown<E>(f); }

}  // namespace

TEST_CASE("map gives the results in order, from one range and from several", "[futures]") {
    with_executors([](Executor& executor) {
        const std::vector<int> a = numbers(100, 1), b = numbers(100, 101);
        int total = 0;
        for (const int value : executor.map(product, a, b)) total += value;
        CHECK(total == 843350);
        for (const int chunksize : {1, 7, 100, 1000}) {
            CHECK(executor.map({.chunksize = chunksize}, product, a, b).list() == executor.map(product, a, b).list());
            auto sorted = executor.map({.chunksize = chunksize, .unordered = true}, square, a).list();
            std::ranges::sort(sorted);
            CHECK(sorted == executor.map(square, a).list());
        }
        CHECK(executor.map(product, a, numbers(3, 101)).list() == std::vector<int>{101, 204, 309});
        CHECK(executor.map(square, std::vector<int>()).list().empty());
        CHECK(executor.starmap(product, std::vector<std::pair<int, int>>{{2, 3}, {4, 5}}).list() == std::vector<int>{6, 20});
        CHECK(executor
                  .starmap([](int x, const std::string& s, double d) { return s + std::to_string(x) + std::to_string(static_cast<int>(d)); },
                           std::vector<std::tuple<int, std::string, double>>{{1, "a", 2.5}, {2, "b", 3.5}})
                  .list() == std::vector<std::string>{"a12", "b23"});
    });
}

TEST_CASE("map takes ranges of every kind", "[futures]") {
    with_executors([](Executor& executor) {
        const std::map<int, std::string> entries{{1, "x"}, {2, "yyy"}};
        const std::vector<int> lengths{2, 5};
        CHECK(executor.map([](const auto& p) { return p.first + static_cast<int>(p.second.size()); }, entries).list() == lengths);
        CHECK(executor.map([](const std::pair<const int, std::string>& p) { return p.first + static_cast<int>(p.second.size()); }, entries).list() ==
              lengths);
        CHECK(executor
                  .map(
                      {.chunksize = 1, .buffersize = 1}, [](auto p) { return p.first + static_cast<int>(p.second.size()); }, entries)
                  .list() == lengths);
        CHECK(executor.starmap([](int x, const std::string& s) { return x + static_cast<int>(s.size()); }, entries).list() == lengths);
        const std::map<std::pair<int, int>, std::map<int, double>> nested{{{1, 2}, {{3, 4.5}}}};
        CHECK(executor.map([](const auto& p) { return p.first.second + p.second.at(3); }, nested).list() == std::vector<double>{6.5});
        CHECK(executor.map([](const std::string& s) { return s.size(); }, std::set<std::string>{"a", "bcd"}).list() ==
              std::vector<std::size_t>{1, 3});
        const std::vector<bool> bits{true, false, true};
        CHECK(executor.map([](bool b, int x) { return b ? x : -x; }, bits, std::vector<int>{1, 2, 3}).list() == std::vector<int>{1, -2, 3});
        CHECK(executor
                  .map(
                      {.buffersize = 2}, [](bool b) { return !b; }, bits)
                  .list() == std::vector<bool>{false, true, false});
        const std::vector<int> some = numbers(6);
        CHECK(executor.map(square, std::span(some).subspan(4)).list() == std::vector<int>{16, 25});
#if !defined(__clang__) || __clang_major__ >= 16  // older ones refuse the views of libstdc++
        CHECK(executor.map(square, some | std::views::transform([](int x) { return x + 1; })).list() == std::vector<int>{1, 4, 9, 16, 25, 36});
        CHECK(executor.map(square, some | std::views::filter([](int x) { return x % 2 == 1; })).list() == std::vector<int>{1, 9, 25});
        CHECK(executor.map(square, std::views::iota(0, 4)).list() == std::vector<int>{0, 1, 4, 9});
        auto pairs = some | std::views::transform(
                                [&some](const int& x) { return std::pair<const int&, std::string>(some[static_cast<std::size_t>(x)], "s"); });
        CHECK(executor.map([](const std::pair<int, std::string>& p) { return p.second + std::to_string(p.first); }, pairs).list().back() == "s5");
        auto tuples = some | std::views::transform([](const int& x) { return std::tuple<const int&, const int&>(x, x); });
        CHECK(executor.starmap(product, tuples).list() == executor.map(square, some).list());
        CHECK(executor.direct().map(product, entries | std::views::keys, some).list() == std::vector<int>{0, 2});
#endif
        const int array[] = {1, 2, 3};
        CHECK(executor.map(square, array).list() == std::vector<int>{1, 4, 9});
        CHECK(executor.map(square, {1, 2, 3}).list() == std::vector<int>{1, 4, 9});
        CHECK(executor.map({.chunksize = 2, .buffersize = 1}, product, {1, 2, 3}, {4, 5, 6}).list() == std::vector<int>{4, 10, 18});
        CHECK(executor.balanced().map([](const auto& p) { return p.first; }, entries).list() == std::vector<int>{1, 2});
        const auto data = executor.scatter(entries);
        CHECK(executor.gather(data) == std::vector<std::pair<int, std::string>>{{1, "x"}, {2, "yyy"}});
    });
}

TEST_CASE("a map with a buffersize reads its inputs as the results are taken", "[futures]") {
    with_executors([](Executor& executor) {
        struct Endless {  // counts how far it has been read
            int* read;
            struct iterator {
                using value_type = int;
                using difference_type = std::ptrdiff_t;
                int* at;
                int operator*() const { return *at; }
                iterator& operator++() { return ++*at, *this; }
                void operator++(int) { ++*at; }
                bool operator==(std::default_sentinel_t) const { return false; }
            };
            [[nodiscard]] iterator begin() const { return {read}; }
            [[nodiscard]] std::default_sentinel_t end() const { return {}; }
        };
        for (const bool unordered : {false, true}) {
            int read = 0, taken = 0;
            long sum = 0;
            for (const int value : executor.map({.chunksize = 3, .unordered = unordered, .buffersize = 10}, square, Endless{&read})) {
                sum += value;
                CHECK(read < taken + 10);
                if (++taken == 200)
                    break;
            }
            CHECK(read >= 199);
            if (!unordered)
                CHECK(sum == 199 * 200 * 399 / 6);
        }
        CHECK(executor.map({.buffersize = 4}, square, numbers(50)).list() == executor.map(square, numbers(50)).list());
    });
}

TEST_CASE("an input of a map with a buffersize may be made of the result before", "[futures]") {
    struct Chain {
        int* results;
        int* early;  // inputs that were read before the result was given
        struct iterator {
            using value_type = std::pair<int, int>;
            using difference_type = std::ptrdiff_t;
            const Chain* chain;
            int at = 0;
            std::pair<int, int> operator*() const { return {at, 1}; }
            iterator& operator++() {
                *chain->early += ++at > *chain->results ? 1 : 0;
                return *this;
            }
            void operator++(int) { ++*this; }
            bool operator==(std::default_sentinel_t) const { return at == 5; }
        };
        [[nodiscard]] iterator begin() const { return {this}; }
        [[nodiscard]] std::default_sentinel_t end() const { return {}; }
    };
    with_executors([](Executor& executor) {
        int results = 0, early = 0;
        for (const int value : executor.map(
                 {.buffersize = 1}, [](auto pair) { return pair.first; }, Chain{&results, &early}))
            CHECK(value == results++);
        CHECK(results == 5);
        results = 0;
        for (const int value : executor.starmap({.buffersize = 1}, product, Chain{&results, &early})) CHECK(value == results++);
        CHECK(results == 5);
        CHECK(early == 0);
    });
}

TEST_CASE("a loop over a map goes on where the last one was left", "[futures]") {
    with_executors([](Executor& executor) {
        for (const int chunksize : {1, 3, 40}) {
            auto texts = executor.map(
                {.chunksize = chunksize}, [](int x) { return "text " + std::to_string(x); }, numbers(12));
            std::vector<std::string> got;
            for (const std::size_t end : {4U, 6U, 7U, 100U})
                for (std::string text : texts) {
                    got.push_back(std::move(text));
                    if (got.size() == end)
                        break;
                }
            CHECK(got == executor.map([](int x) { return "text " + std::to_string(x); }, numbers(12)).list());
            CHECK(texts.list().empty());
        }
    });
}

TEST_CASE("the results of a map are a range for views, and can be assigned", "[futures]") {
    with_executors([](Executor& executor) {
        static_assert(std::ranges::viewable_range<Results<int>>);  // a pipe to a view moves them; clang++ 14 compiles none that moves
        auto results = executor.map(square, numbers(10));
        CHECK(*results.begin() == 0);
        results = executor.map(square, numbers(3));
        CHECK(results.list() == std::vector<int>{0, 1, 4});
    });
}

TEST_CASE("a shutdown waits for no input of a map", "[futures]") {
    for (const std::size_t taken : {0U, 10U}) {
        with_executors([taken](Executor& executor) {
            auto unread = executor.map({.buffersize = 4}, square, numbers(100));
            std::size_t got = 0;
            if (taken != 0)
                for (const int value : unread) {
                    CHECK(value == square(static_cast<int>(got)));
                    if (++got == taken)
                        break;
                }
            executor.shutdown();
            executor.shutdown();
            const auto message = thrown<std::runtime_error>([&] {
                for (const int value : unread) CHECK(value == square(static_cast<int>(got++)));
            });
            CHECK(contains(message, "was shut down before the map had read all its inputs"));
            CHECK(got <= taken + 4);
        });
    }
    std::optional<Results<int>> outlives;
    with_executor([&outlives](Executor& executor) { outlives.emplace(executor.map({.buffersize = 4}, square, numbers(100))); });
}

TEST_CASE("a task is a function, a lambda, or an object that can be serialized", "[futures]") {
    with_executors([](Executor& executor) {
        const int by = static_cast<int>(getpid()) % 7;
        const double half = 0.5;
        CHECK(executor.submit(product, 3, 4).result() == 12);
        CHECK(executor.submit(&product, 3, 4).result() == 12);
        CHECK(executor.submit([](int x) { return x + 1; }, 41).result() == 42);
        CHECK(executor.submit([by, half](int x) { return x * by * half; }, 6).result() == 3.0 * by);
        CHECK(executor.submit(std::plus<>(), std::string("a"), "b").result() == "ab");
        CHECK(executor.submit(Scale{2, " km"}, 21.0).result() == "42 km");
        CHECK(executor.submit(Adder({1, 2, 3}), 4).result() == 10);
        CHECK(executor.map(Adder({10}), numbers(3)).list() == std::vector<int>{10, 11, 12});
    });
}

TEST_CASE("a function of a shared library is found in the worker", "[futures]") {
    with_executors([](Executor& executor) {
        CHECK(executor.submit(static_cast<double (*)()>(MPI::Wtick)).result() == MPI::Wtick());  // of libmpi4cxx
        CHECK(executor.submit(static_cast<int (*)(int) noexcept>(std::abs), -4).result() == 4);  // perhaps of the C library
    });
}

TEST_CASE("a lambda that captures a reference or a pointer is refused", "[futures]") {
    with_executors([](Executor& executor) {
        int here = 3;
        const char* const text = "a literal";
        static int global = 4;
        int* const there = &global;
        CHECK(contains(thrown_as<std::invalid_argument>([&] { (void)executor.submit([&here] { return here; }); }),
                       "captures a reference or a pointer"));
        CHECK(contains(thrown_as<std::invalid_argument>([&] { (void)executor.submit([text] { return text[0]; }); }),
                       "captures a reference or a pointer"));
        CHECK(contains(thrown_as<std::invalid_argument>([&] { (void)executor.submit([there] { return *there; }); }),
                       "captures a reference or a pointer"));
        CHECK(contains(thrown_as<std::invalid_argument>([&] { (void)executor.map([&here](int x) { return x + here; }, numbers(3)); }), "captures"));
    });
}

namespace {

struct Plain {
    long a;
    std::array<short, 3> b;
};
class Times {  // neither an aggregate nor literal
public:
    explicit Times(long by) : by_(by) {}
    long operator()(long x) const { return x * by_; }

private:
    long by_;
};

}  // namespace

TEST_CASE("a captured number is never taken for an address", "[futures]") {
    with_executors([](Executor& executor) {
        int here = 3;
        for (const auto like :
             {reinterpret_cast<long>(&square), reinterpret_cast<long>(&here), reinterpret_cast<long>(std::getenv("PATH")), 4'200'000L}) {
            CHECK(executor.submit([like] { return like - 1; }).result() == like - 1);
            CHECK(executor.submit([like](int x) { return like + x; }, 2).result() == like + 2);
            CHECK(executor.map([like](int x) { return like + x; }, numbers(2)).list().back() == like + 1);
            const Plain plain{like, {1, 2, 3}};
            CHECK(executor.submit([plain, b = true] { return b ? plain.a + plain.b[2] : 0; }).result() == like + 3);
            const auto inner = [like] { return like; };
            CHECK(executor.submit([inner] { return inner(); }).result() == like);
            double bits = 0;
            std::memcpy(&bits, &like, sizeof bits);
            CHECK(executor.submit([bits] { return bits; }).result() == bits);
            const std::optional<long> maybe = like;
            CHECK(executor.submit(by_bytes([maybe] { return maybe.value(); })).result() == like);
        }
        const std::optional<double> maybe = 2.5;
#ifndef __clang__  // which leaves the unused bytes of an optional as they are: they may look like an address
        CHECK(executor.submit([maybe] { return *maybe; }).result() == 2.5);
#endif
        CHECK(executor.submit(by_bytes([maybe] { return *maybe; })).result() == 2.5);
        CHECK(executor.submit(Times(4'200'000), 2).result() == 8'400'000);
        CHECK(executor.submit([times = Times(3)] { return times(4); }).result() == 12);
    });
    initialized_by = 0;
    long like = reinterpret_cast<long>(&square);  // were it const, the worker would have its own
    with_executor([&](Executor& executor) { CHECK(executor.on(0).submit([] { return initialized_by.load(); }).result() == like); },
                  {.initializer = [like] { initialized_by = like; }});
}

TEST_CASE("what names no task is an exception, and nothing is called", "[futures]") {
    using namespace mpi4cxx::futures::detail;
    for (const std::uint64_t code : {std::uint64_t{0}, std::uint64_t{8}, portable_address(reinterpret_cast<const void*>(&square)),
                                     std::uint64_t{1} << 39, std::uint64_t{0xabcdef} << 40, ~std::uint64_t{0}})
        CHECK(contains(thrown<MPI::Exception>([&] { (void)task_type_of(code); }), "task"));
    Packing good(Packing::Blocks::inside);
    put_function(good, reinterpret_cast<const void*>(&square));
    Unpacking from(good.bytes());
    CHECK(get_function(from) == reinterpret_cast<const void*>(&square));
    for (const std::size_t at : {0u, 3u, 7u, 8u, 15u}) {
        std::vector<std::byte> bytes(good.bytes().begin(), good.bytes().end());
        bytes[at] ^= std::byte{4};
        Unpacking bad(bytes);
        CHECK(contains(thrown<MPI::Exception>([&] { (void)get_function(bad); }), "no task of this program"));
    }
    static int data = 0;
    Packing no_code(Packing::Blocks::inside);
    put_function(no_code, &data);
    Unpacking from_data(no_code.bytes());
    CHECK(contains(thrown<MPI::Exception>([&] { (void)get_function(from_data); }), "no task of this program"));
}

TEST_CASE("arguments and results are any serializable type", "[futures]") {
    with_executors([](Executor& executor) {
        using Dict = std::map<std::string, std::vector<double>>;
        const Dict dict{{"x", {1, 2}}, {"y", {}}};
        CHECK(executor.submit([](Dict d) { return d["z"] = {3}, d; }, dict).result() == Dict{{"x", {1, 2}}, {"y", {}}, {"z", {3}}});
        CHECK(
            executor.submit(
                        [](const std::string& s, const Point& p) {
                            return Point{p.x + static_cast<double>(s.size()), p.y};
                        },
                        "four", Point{1, 2})
                .result() == Point{5, 2});
        CHECK(executor.submit([](std::unique_ptr<int> p) { return std::make_unique<int>(*p + 1); }, std::make_unique<int>(41)).result() != nullptr);
        std::vector<std::unique_ptr<int>> pointers;
        for (int i = 0; i < 5; ++i) pointers.push_back(std::make_unique<int>(i));
        int sum = 0;
        for (std::unique_ptr<int> p : executor.map([](std::unique_ptr<int> p) { return std::make_unique<int>(*p + 1); }, pointers)) sum += *p;
        CHECK(sum == 15);
        CHECK(executor.submit([](bool b) { return !b; }, true).result() == false);
        CHECK(executor.map([](int i) { return i % 2 == 0; }, numbers(4)).list() == std::vector<bool>{true, false, true, false});
        const std::vector<bool> bits{true, false, true};
        CHECK(executor.map([](bool b) { return b ? 1 : 0; }, bits).list() == std::vector<int>{1, 0, 1});
        executor.submit([] {}).result();
        CHECK(executor.map([](int) {}, numbers(7)).list().size() == 7);
        CHECK(executor.map([](std::string s) { return s + "!"; }, std::vector<const char*>{"a", "b"}).list() == std::vector<std::string>{"a!", "b!"});
    });
}

TEST_CASE("arguments and results may be large", "[futures]") {
    with_executors([](Executor& executor) {
        for (const std::size_t n : {100u, 1000u, 10'000u, 100'000u, 3'000'000u}) {
            std::vector<double> data(n);
            std::iota(data.begin(), data.end(), 0.5);
            std::vector<Future<std::vector<double>>> futures;
            for (int i = 0; i < 3; ++i)
                futures.push_back(executor.submit(
                    [](std::vector<double> v, double by) {
                        for (double& x : v) x += by;
                        return v;
                    },
                    data, i));
            for (int i = 0; i < 3; ++i) {
                const std::vector<double> result = futures[static_cast<std::size_t>(i)].result();
                CHECK(result.size() == n);
                CHECK(result.front() == 0.5 + i);
                CHECK(result.back() == static_cast<double>(n) - 0.5 + i);
            }
        }
        const std::vector<std::string> texts(300, std::string(5000, 'x'));
        std::size_t length = 0;
        for (const std::string& text : executor.map([](const std::string& s) { return s + "y"; }, texts)) length += text.size();
        CHECK(length == 300 * 5001);
    });
}

// Exceptions ---------------------------------------------------------------------------------------------------------------

namespace {

struct Odd : std::out_of_range {
    using std::out_of_range::out_of_range;
};
struct Silent : std::exception {
    [[nodiscard]] const char* what() const noexcept override { return nullptr; }
};
void throw_kind(int kind) {
    switch (kind) {
    case 0: throw std::invalid_argument("zero");
    case 1: throw std::system_error(std::make_error_code(std::errc::no_space_on_device), "one");
    case 2: throw std::bad_alloc();
    case 3: throw Odd("three");
    case 4: throw 4;
    case 5: throw std::string("five");
    case 6: throw MPI::Exception(MPI::ERR_TAG, "MPI_Send", "six");
    case 7: throw static_cast<const char*>(nullptr);
    case 8: throw Silent();
    default: break;
    }
}

}  // namespace

TEST_CASE("a task's exception arrives with its type, message, worker and host", "[futures]") {
    with_executors([](Executor& executor) {
        CHECK(contains(thrown<std::runtime_error>([&] { (void)executor.submit(fail, 13).result(); }), "no luck with 13"));
        CHECK(contains(thrown<std::invalid_argument>([&] { executor.submit(throw_kind, 0).result(); }), "zero (in a task on "));
        CHECK(contains(thrown<std::bad_alloc>([&] { executor.submit(throw_kind, 2).result(); }), "std::bad_alloc"));
        CHECK(contains(thrown<std::out_of_range>([&] { executor.submit(throw_kind, 3).result(); }), "three"));
        CHECK(contains(thrown<std::runtime_error>([&] { executor.submit(throw_kind, 4).result(); }), "exception of type int"));
        CHECK(contains(thrown<std::runtime_error>([&] { executor.submit(throw_kind, 5).result(); }), "five"));
        try {
            executor.submit(throw_kind, 1).result();
            FAIL_CHECK("nothing was thrown");
        } catch (const std::system_error& e) {
            CHECK(e.code() == std::errc::no_space_on_device);
        }
        try {
            executor.submit(throw_kind, 6).result();
            FAIL_CHECK("nothing was thrown");
        } catch (const MPI::Exception& e) {
            CHECK(e.Get_error_class() == MPI::ERR_TAG);
        }
        try {
            executor.on(executor.num_workers() - 1).submit(throw_kind, 3).result();
            FAIL_CHECK("nothing was thrown");
        } catch (const TaskError& e) {
            CHECK(e.worker() == executor.num_workers() - 1);
            CHECK(e.host() == MPI::Get_processor_name());
            CHECK(e.message() == "three");
            CHECK(contains(e.type(), "Odd"));
        }
        CHECK(contains(thrown<std::runtime_error>([&] { executor.submit(throw_kind, 7).result(); }), "exception of type char const*"));
        CHECK(contains(thrown<std::exception>([&] { executor.submit(throw_kind, 8).result(); }), "in a task on "));
        const auto failed = executor.submit(fail, 1);
        CHECK(failed.exception() != nullptr);
        CHECK(executor.submit(square, 1).exception() == nullptr);
    });
}

TEST_CASE("an exception in a map comes in its place, and ends the map", "[futures]") {
    with_executors([](Executor& executor) {
        for (const int chunksize : {1, 4, 0}) {
            std::vector<int> got;
            const auto message = thrown<std::domain_error>([&] {
                for (const int value : executor.map(
                         {.chunksize = chunksize},
                         [](int x) {
                             if (x == 10)
                                 throw std::domain_error("ten");
                             return x;
                         },
                         numbers(40)))
                    got.push_back(value);
            });
            CHECK(contains(message, "ten"));
            CHECK(got == numbers(10));
        }
        CHECK(executor.submit(square, 3).result() == 9);
    });
}

namespace {

struct Unsendable {
    int value = 0;
    template <class Archive> void save(Archive&) const { throw std::length_error("cannot be sent"); }
    template <class Archive> void load(Archive&) {}
};
struct Unreadable {
    int value = 0;
    template <class Archive> void save(Archive& archive) const { archive(value); }
    template <class Archive> void load(Archive&) { throw std::length_error("cannot be read"); }
};

}  // namespace

namespace {

/// Cannot be sent or read if the value is ten.
struct NoTen {
    int value = 0;
    bool is_sent = true;
    template <class Archive> void save(Archive& archive) const {
        archive(value, is_sent, std::string(3, 'x'));
        check(!is_sent);
    }
    template <class Archive> void load(Archive& archive) {
        std::string text;
        archive(value, is_sent, text);
        check(is_sent);
    }
    void check(bool is_here) const {
        if (value == 10 && is_here)
            throw std::length_error("ten cannot travel");
    }
};

}  // namespace

TEST_CASE("a result of a map that cannot be sent or read loses none before it", "[futures]") {
    with_executors([](Executor& executor) {
        for (const int chunksize : {1, 4, 40, 0})
            for (const bool is_sent : {false, true}) {
                std::vector<int> got;
                const auto make = [is_sent](int x) { return NoTen{x, is_sent}; };
                const auto message = thrown<std::length_error>([&] {
                    for (const NoTen& one : executor.map({.chunksize = chunksize}, make, numbers(40))) got.push_back(one.value);
                });
                CHECK(contains(message, "ten cannot travel"));
                CHECK(got == numbers(10));
            }
    });
}

TEST_CASE("what cannot be sent or read fails its task alone", "[futures]") {
    with_executors([](Executor& executor) {
        CHECK(contains(thrown<std::length_error>([&] { (void)executor.submit([] { return Unsendable{}; }).result(); }), "cannot be sent"));
        CHECK(contains(thrown<std::length_error>([&] { (void)executor.submit([] { return Unreadable{}; }).result(); }), "cannot be read"));
        CHECK(contains(thrown<std::length_error>([&] { executor.submit([](const Unreadable&) {}, Unreadable{}).result(); }), "cannot be read"));
        CHECK(contains(thrown<std::length_error>([&] { executor.submit([](const Unsendable&) {}, Unsendable{}).result(); }), "cannot be sent"));
        CHECK(
            contains(thrown<std::length_error>([&] { (void)executor.map([](int) { return Unreadable{}; }, numbers(5)).list(); }), "cannot be read"));
        CHECK(executor.submit(square, 3).result() == 9);
    });
}

namespace {

bool fails_once = false;
struct Unreliable {
    int value = 0;
    template <class Archive> void save(Archive& archive) const {
        archive(value);
        if (value == 3 && std::exchange(fails_once, false))
            throw std::length_error("no room");
        archive(-value);
    }
    template <class Archive> void load(Archive& archive) { archive(value, value); }
};

}  // namespace

TEST_CASE("no input of a map is sent in part", "[futures]") {
    with_executors([](Executor& executor) {
        std::vector<Unreliable> inputs;
        for (const int value : numbers(8)) inputs.push_back({value});
        fails_once = true;
        auto results = executor.map(
            {.buffersize = 2}, [](const Unreliable& input) { return input.value; }, inputs);
        int next = 0;
        for (int loop = 0; loop < 3; ++loop)
            CHECK(contains(thrown<std::length_error>([&] {
                               for (const int value : results) CHECK(value == -next++);
                           }),
                           "no room"));
        CHECK(next <= 3);
        CHECK(executor.submit(square, 3).result() == 9);
    });
}

// Futures ------------------------------------------------------------------------------------------------------------------

TEST_CASE("a future can wait for some time, and tells its state", "[futures]") {
    with_executors([](Executor& executor) {
        const auto slow = executor.submit([] { std::this_thread::sleep_for(200ms); });
        CHECK(thrown<TimeoutError>([&] { slow.result(0.01); }) != "");
        CHECK(thrown<TimeoutError>([&] { (void)slow.exception(10ms); }) != "");
        CHECK(!slow.done());
        CHECK(slow.running());
        CHECK(!slow.cancel());
        slow.result();
        CHECK(slow.done());
        CHECK(!slow.running());
        CHECK(!slow.cancelled());
        CHECK(thrown<TimeoutError>([&] {
                  for (const int value : executor.map(
                           {.timeout = 0.02}, [](int x) { return std::this_thread::sleep_for(30ms), x; }, numbers(20)))
                      (void)value;
              }) != "");
    });
}

TEST_CASE("a task that no worker has can be cancelled", "[futures]") {
    with_executors(
        [](Executor& executor) {
            std::vector<Future<void>> blocking;
            for (int i = 0; i < executor.num_workers(); ++i) blocking.push_back(executor.submit([] { std::this_thread::sleep_for(100ms); }));
            const auto waiting = executor.submit(square, 2);
            int called = 0;
            waiting.add_done_callback([&](const Future<int>& future) { called += future.cancelled() ? 1 : 100; });
            CHECK(waiting.cancel());
            CHECK(waiting.cancel());
            CHECK(waiting.cancelled());
            CHECK(waiting.done());
            CHECK(called == 1);
            CHECK(thrown<CancelledError>([&] { (void)waiting.result(); }) != "");
            CHECK(thrown<CancelledError>([&] { (void)waiting.exception(); }) != "");
            for (const auto& one : blocking) one.result();
            CHECK(executor.submit(square, 3).result() == 9);
        },
        {.prefetch = 1});
}

TEST_CASE("callbacks, continuations, collect and compose", "[futures]") {
    with_executors([](Executor& executor) {
        const auto nine = executor.submit(square, 3);
        std::atomic<int> seen{0};
        nine.add_done_callback([&](const Future<int>& future) { seen += future.result(); });
        CHECK(nine.then([](int x) { return std::to_string(x); }).then([](const std::string& s) { return s + "!"; }).result() == "9!");
        nine.add_done_callback([&](const Future<int>& future) { seen += 10 * future.result(); });
        CHECK(seen == 99);
        CHECK(contains(thrown<std::runtime_error>([&] { (void)executor.submit(fail, 2).then([](const std::string&) { return 1; }).result(); }),
                       "no luck"));
        CHECK(contains(thrown<std::logic_error>([&] { nine.then([](int) { throw std::logic_error("then"); }).result(); }), "then"));

        std::vector<Future<int>> futures;
        for (int i = 0; i < 20; ++i) futures.push_back(executor.submit(square, i));
        CHECK(collect(futures).result() == executor.map(square, numbers(20)).list());
        CHECK(collect(std::vector<Future<int>>()).result().empty());
        collect(std::vector<Future<void>>{executor.submit([] {}), executor.submit([] {})}).result();
        CHECK(
            contains(thrown<std::logic_error>([&] {
                         collect(std::vector<Future<void>>{executor.submit([] {}), executor.submit([] { throw std::logic_error("void"); })}).result();
                     }),
                     "void"));
        auto failing = std::vector<Future<std::string>>{executor.submit(fail, 5), executor.submit([] { return std::string("fine"); })};
        CHECK(contains(thrown<std::runtime_error>([&] { (void)collect(failing).result(); }), "no luck with 5"));

        CHECK(compose(nine, [](int x) { return x + 1; }).result() == 10);
        CHECK(compose(
                  executor.submit(fail, 6), [](const std::string& s) { return s; }, [](const std::exception_ptr&) { return std::string("instead"); })
                  .result() == "instead");
    });
}

namespace {

/// What is written to standard error while `f` runs.
template <class F> std::string told_on_stderr(F f) {
    const std::string path = temporary("mpi4cxx-stderr-");
    std::fflush(stderr);
    const int saved = dup(STDERR_FILENO);
    CHECK(std::freopen(path.c_str(), "w", stderr) != nullptr);
    f();
    std::fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    std::ifstream file(path);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    std::remove(path.c_str());
    return text;
}

}  // namespace

TEST_CASE("a callback that throws is reported and harms nothing else", "[futures]") {
    with_executors([](Executor& executor) {
        std::atomic<int> called{0};
        std::vector<Future<int>> futures;
        const std::string told = told_on_stderr([&] {
            for (int i = 0; i < 8; ++i) futures.push_back(executor.submit(square, i));
            futures[2].add_done_callback([](const auto&) { throw std::runtime_error("callback failed"); });
            for (const auto& future : futures) future.add_done_callback([&](const auto&) { ++called; });
            for (int i = 0; i < 8; ++i) CHECK(futures[static_cast<std::size_t>(i)].result(20.0) == i * i);
            futures[3].add_done_callback([](const auto&) { throw 5; });  // it is done
            executor.shutdown();
        });
        CHECK(called == 8);
        CHECK(contains(told, "a callback of a future has thrown std::runtime_error: callback failed"));
        CHECK(contains(told, "a callback of a future has thrown int"));
    });
}

TEST_CASE("a continuation may wait for any other", "[futures]") {
    with_executors(
        [](Executor& executor) {
            (void)executor.submit(square, 1).result();
            const auto nap = executor.submit([] { std::this_thread::sleep_for(50ms); });  // so that what follows comes in one message
            const auto a = executor.submit(square, 2), b = executor.submit(square, 3), c = executor.submit(square, 4);
            CHECK(a.then([b](int x) { return x + b.result(20.0); }).result(30.0) == 13);
            nap.result();
            for (int round = 0; round < 3; ++round) {
                const auto again = executor.submit([] { std::this_thread::sleep_for(20ms); });
                const auto d = executor.submit(square, 2), e = executor.submit(square, 3), f = executor.submit(square, 4);
                Future<int> of_f;  // z waits for y, y for x, in an order in which none can be run to its end before the next begins
                std::atomic<bool> is_set{false};
                const auto x = d.then([&](int v) {
                    while (!is_set) std::this_thread::sleep_for(1ms);
                    return v + of_f.result(20.0);
                });
                const auto y = e.then([x](int v) { return v + x.result(20.0); });
                of_f = f.then([](int v) { return v; });
                is_set = true;
                CHECK(y.result(30.0) == 29);
                again.result();
            }
        },
        {.prefetch = 16});
}

TEST_CASE("a long chain of continuations needs no stack", "[futures]") {
    with_executor([](Executor& executor) {
        const auto nap = executor.submit([] { return std::this_thread::sleep_for(100ms), 0; });
        Future<int> last = nap;
        for (int i = 0; i < 100'000; ++i) last = last.then([](int x) { return x + 1; });
        CHECK(last.result() == 100'000);
    });
}

TEST_CASE("a continuation may run on an executor", "[futures]") {
    with_executors([](Executor& executor) {
        const auto nine = executor.submit(square, 3);
        CHECK(nine.then(executor, [](int x) { return x + 1; }).result() == 10);
        CHECK(nine.then(executor.on(0), square).then(executor.balanced(), square).result() == 6561);
        CHECK(executor.submit([] {}).then(executor, [] { return std::string("after"); }).result() == "after");
        CHECK(contains(
            thrown<std::runtime_error>([&] { (void)executor.submit(fail, 2).then(executor, [](const std::string&) { return 1; }).result(); }),
            "no luck with 2"));
        CHECK(contains(thrown<std::logic_error>([&] { nine.then(executor, [](int) { throw std::logic_error("on a worker"); }).result(); }),
                       "on a worker"));
        const auto last = executor.submit(square, 5).then(executor, square);
        executor.shutdown();
        CHECK(last.result() == 625);
        CHECK(contains(thrown<std::runtime_error>([&] { (void)nine.then(executor, square); }), "shut down"));
    });
}

TEST_CASE("a callback may use the executor, and shut it down", "[futures]") {
    with_executors([](Executor& executor) {
        std::atomic<int> result{0};
        const auto nine =
            executor.submit(square, 3).then([&](int x) { return executor.submit(square, x).result() + executor.map(square, numbers(3)).list()[2]; });
        CHECK(nine.result(20.0) == 85);
        executor.submit(square, 2)
            .then([&](int x) {
                executor.shutdown();
                result = x;
            })
            .result(20.0);
        CHECK(result == 4);
    });
}

TEST_CASE("what is empty says so", "[futures]") {
    Future<int> empty;
    const std::string words = "this future is empty: it was default-constructed or moved from";
    const auto check = [&](auto f) { CHECK(contains(thrown<InvalidStateError>(f), words)); };
    const auto check_all = [&](const Future<int>& future) {
        check([&] { (void)future.done(); });
        check([&] { (void)future.running(); });
        check([&] { (void)future.cancelled(); });
        check([&] { (void)future.cancel(); });
        check([&] { (void)future.result(); });
        check([&] { (void)future.result(1.0); });
        check([&] { (void)Future<int>(future).result(); });
        check([&] { (void)future.exception(); });
        check([&] { future.add_done_callback([](const auto&) {}); });
        check([&] { (void)future.then([](int x) { return x; }); });
        check([&] { (void)compose(future, [](int x) { return x; }); });
        check([&] { (void)MPI::futures::wait(std::vector<Future<int>>{future}); });
        check([&] { (void)as_completed(std::vector<Future<int>>{future}); });
        check([&] { (void)collect(std::vector<Future<int>>{future}); });
        check([&] {
            (void)[](Future<int> awaited)->Future<int> { co_return co_await awaited; }
            (future).result();
        });
        const AsyncResult<int> async(future);
        check([&] { (void)async.get(); });
        check([&] { async.wait(); });
        check([&] { (void)async.ready(); });
        check([&] { (void)async.successful(); });
    };
    check_all(empty);
    CHECK(empty == Future<int>());
    with_executor([&](Executor& executor) {
        auto nine = executor.submit(square, 3);
        const auto taken = std::move(nine);
        check_all(nine);  // NOLINT(bugprone-use-after-move)
        CHECK(taken.result() == 9);
        auto view = executor.on(0);
        const auto view_taken = std::move(view);
        CHECK(contains(thrown<InvalidStateError>([&] { (void)view.submit(square, 1); }), "this view of an executor is empty"));  // NOLINT
        auto results = executor.map(square, numbers(3));
        auto results_taken = std::move(results);
        CHECK(contains(thrown<InvalidStateError>([&] { (void)results.list(); }), "this map is empty"));  // NOLINT
        CHECK(contains(thrown<InvalidStateError>([&] { (void)results.future(); }), "this map is empty"));
        CHECK(results_taken.list() == std::vector<int>{0, 1, 4});
        auto data = executor.scatter(numbers(5));
        const auto data_taken = std::move(data);
        CHECK(contains(thrown<InvalidStateError>([&] { (void)data.gather(); }), "this scattered data is empty"));  // NOLINT
        CHECK(data_taken.gather() == numbers(5));
    });
}

TEST_CASE("as_completed keeps no future that it has given", "[futures]") {
    with_executor([](Executor& executor) {
        std::vector<Future<Counted>> futures;
        for (int i = 0; i < 200; ++i) futures.push_back(executor.submit([] { return Counted(); }));
        (void)MPI::futures::wait(futures);
        int before = Counted::alive, taken = 0;
        for (auto& future : as_completed(std::move(futures))) {
            (void)future;
            CHECK(Counted::alive <= before - taken++);
        }
        CHECK(taken == 200);
    });
}

TEST_CASE("wait and as_completed", "[futures]") {
    with_executors([](Executor& executor) {
        const auto nap = [](int ms) { return std::this_thread::sleep_for(std::chrono::milliseconds(ms)), ms; };
        std::vector<Future<int>> futures{executor.submit(nap, 80), executor.submit(nap, 1), executor.submit(nap, 2)};
        CHECK(!MPI::futures::wait(futures, FIRST_COMPLETED).done.empty());
        CHECK(MPI::futures::wait(futures).not_done.empty());
        CHECK(MPI::futures::wait(std::vector<Future<int>>{executor.submit(nap, 300)}, 0.01).not_done.size() == 1);
        std::set<int> seen;
        for (const auto& future : as_completed(futures)) seen.insert(future.result());
        CHECK(seen == std::set<int>{1, 2, 80});
        const std::vector<Future<std::string>> failing{executor.submit(fail, 1)};
        CHECK(MPI::futures::wait(failing, FIRST_EXCEPTION).done.size() == 1);
        const auto slow = executor.submit(nap, 80);
        const std::vector<Future<int>> one_cancelled{slow.then(square), slow};
        (void)one_cancelled.front().cancel();
        CHECK(MPI::futures::wait(one_cancelled, FIRST_EXCEPTION).not_done.empty());  // to be cancelled is no exception
        CHECK(thrown<TimeoutError>([&] {
                  for (const auto& future : as_completed(std::vector<Future<int>>{executor.submit(nap, 200)}, 0.01)) (void)future;
              }) != "");
    });
}

namespace {

Future<int> sum_of_squares(Executor& executor, int n) {
    int sum = 0;
    for (int i = 1; i <= n; ++i) sum += co_await executor.submit(square, i);
    co_return sum;
}
Future<void> nothing(Executor& executor, int& done) {
    co_await executor.submit([] {});
    ++done;
}
Future<std::string> failing(Executor& executor) { co_return co_await executor.submit(fail, 7); }

}  // namespace

TEST_CASE("coroutines await futures", "[futures]") {
    with_executors([](Executor& executor) {
        int done = 0;
        CHECK(sum_of_squares(executor, 10).result() == 385);
        nothing(executor, done).result();
        CHECK(done == 1);
        CHECK(contains(thrown<std::runtime_error>([&] { (void)failing(executor).result(); }), "no luck with 7"));
    });
}

// Executors ----------------------------------------------------------------------------------------------------------------

TEST_CASE("the others go on when the root's executor is gone", "[futures]") {
    for (int root = 0; root < MPI::COMM_WORLD.size(); ++root) {
        int sum = 0;
        if (MPICommExecutor executor{MPI::COMM_WORLD, root}) {
            CHECK(MPI::COMM_WORLD.rank() == root);
            for (const int value : executor.map(square, numbers(4))) sum += value;
        }
        int total = 0;
        MPI::COMM_WORLD.Allreduce(sum, total, MPI::SUM);
        CHECK(total == 14);
    }
    CHECK(contains(thrown<std::invalid_argument>([] { const MPICommExecutor executor(MPI::COMM_WORLD, 99); }), "root is 99"));
}

TEST_CASE("off the root an executor takes no tasks", "[futures]") {
    MPICommExecutor executor(MPI::COMM_WORLD, 0);
    CHECK(static_cast<bool>(executor) == (MPI::COMM_WORLD.rank() == 0));
    if (!executor)
        CHECK(contains(thrown<std::runtime_error>([&] { (void)executor.submit(square, 1); }), "on the root only"));
}

TEST_CASE("shutdown waits or cancels, and may be repeated", "[futures]") {
    with_executors([](Executor& executor) {
        std::vector<Future<int>> futures;
        for (int i = 0; i < 50; ++i) futures.push_back(executor.submit(square, i));
        executor.shutdown();
        executor.shutdown();
        for (const auto& future : futures) CHECK(future.done());
        CHECK(executor.num_workers() == 0);
        CHECK(contains(thrown<std::runtime_error>([&] { (void)executor.submit(square, 1); }), "shut down"));
        CHECK(contains(thrown<std::runtime_error>([&] { executor.bootup(); }), "shut down"));
    });
    with_executors(
        [](Executor& executor) {
            std::vector<Future<void>> futures;
            for (int i = 0; i < 50; ++i) futures.push_back(executor.submit([] { std::this_thread::sleep_for(10ms); }));
            executor.shutdown(true, true);
            CHECK(std::ranges::all_of(futures, [](const auto& one) { return one.done(); }));
            CHECK(std::ranges::any_of(futures, [](const auto& one) { return one.cancelled(); }));
        },
        {.prefetch = 1});
}

TEST_CASE("an executor that is destroyed by unwinding lets its workers go", "[futures]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        Future<int> later;
        const auto message = thrown<std::runtime_error>([&] {
            if (MPICommExecutor executor{comm, 0, {.prefetch = 1}}) {
                for (int i = 0; i < 30; ++i) later = executor.submit([] { return std::this_thread::sleep_for(5ms), 1; });
                throw std::runtime_error("the program's own");
            }
        });
        CHECK(message == (comm.rank() == 0 ? "the program's own" : ""));
        if (comm.rank() == 0)
            CHECK(later.cancelled());
    });
}

TEST_CASE("a future outlives its executor", "[futures]") {
    Future<int> future;
    with_executor([&](Executor& executor) { future = executor.submit(square, 7); });
    if (MPI::COMM_WORLD.rank() == 0)
        CHECK(future.result() == 49);
}

TEST_CASE("a task cannot make an executor", "[futures]") {
    with_executors([](Executor& executor) {
        CHECK(contains(thrown<std::invalid_argument>([&] { executor.submit([] { const MPIPoolExecutor inner; }).result(); }),
                       "a task cannot make an executor"));
        CHECK(contains(thrown<std::invalid_argument>([&] { executor.submit([] { const MPICommExecutor inner(MPI::COMM_SELF); }).result(); }),
                       "a task cannot make an executor"));
    });
}

TEST_CASE("a continuation makes an executor, also where a thread in a task runs it", "[futures]") {
    static std::atomic<bool> goes_on, is_over;  // the workers are threads
    static Future<int> after;
    goes_on = is_over = false;
    MPICommExecutor threads(MPI::COMM_SELF, 0, {.max_workers = 2});
    const auto nine = threads.submit([] {
        while (!goes_on) std::this_thread::sleep_for(1ms);
        return 9;
    });
    after = nine.then([](int x) { return MPICommExecutor(MPI::COMM_SELF, 0, {.max_workers = 1}).submit(square, x).result(); });
    const auto waits = threads.submit([] {
        goes_on = true;
        (void)after.exception();
        is_over = true;
    });
    while (!is_over) std::this_thread::sleep_for(1ms);  // without a wait that would run the continuation here
    CHECK(after.result() == 81);
    waits.result();
    after = {};
}

namespace {

Executor* own_executor = nullptr;

}  // namespace

TEST_CASE("a task cannot wait for its own executor, if that has no other worker", "[futures]") {
    MPICommExecutor executor(MPI::COMM_SELF, 0, {.max_workers = 1});
    own_executor = &executor;
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)executor.submit([] { return own_executor->submit(square, 3).result(); }).result(); }),
                   "a task cannot wait for another of the executor that runs it"));
    MPICommExecutor other(MPI::COMM_SELF);
    CHECK(other.submit([] { return own_executor->submit(square, 3).result(); }).result() == 9);
}

TEST_CASE("executors may exist at once", "[futures]") {
    if (MPICommExecutor one{MPI::COMM_WORLD, 0}) {
        MPICommExecutor two{MPI::COMM_SELF, 0, {.max_workers = 2}};
        MPICommExecutor three{MPI::COMM_SELF, 0, {.max_workers = 3}};
        CHECK(two.num_workers() == 2);
        CHECK(three.num_workers() == 3);
        auto a = one.map(square, numbers(200)), b = two.map(square, numbers(200)), c = three.map(square, numbers(200));
        CHECK(a.list() == b.list());
        CHECK(c.list().size() == 200);
    }
}

static std::atomic<int> initialized = 0;
static void set_up() { ++initialized; }

TEST_CASE("every worker runs the initializer once, before its tasks", "[futures]") {
    const PoolOptions options{.initializer = set_up};
    if (MPICommExecutor executor{MPI::COMM_WORLD, 0, options}) {
        executor.bootup();
        for (const int count : executor.broadcast([] { return initialized.load(); })) CHECK(count >= 1);
        for (const int count : executor.map([](int) { return initialized.load(); }, numbers(20))) CHECK(count >= 1);
    }
    initialized = 0;
    int by = 5;
    if (MPICommExecutor executor{MPI::COMM_WORLD, 0, {.initializer = [by] { initialized += by; }}})
        CHECK(executor.on(0).submit([] { return initialized.load(); }).result() >= 5);
    MPI::COMM_WORLD.Barrier();
    initialized = 0;
}

TEST_CASE("an initializer that fails breaks the executor", "[futures]") {
    with_executors(
        [](Executor& executor) {
            CHECK(contains(thrown<BrokenExecutor>([&] { executor.bootup(); }), "the initializer failed: not here"));
            CHECK(contains(thrown<BrokenExecutor>([&] { (void)executor.submit(square, 1).result(); }), "the initializer failed"));
            CHECK(contains(thrown<BrokenExecutor>([&] { (void)executor.map(square, numbers(4)).list(); }), "the initializer failed"));
            CHECK(executor.num_workers() == 0);
        },
        {.initializer = [] { throw std::runtime_error("not here"); }});
}

namespace {

std::atomic<bool> is_connected = false;
bool query(int) { return is_connected; }

}  // namespace

TEST_CASE("no task runs where an initializer fails, nor where it succeeds", "[futures]") {
    const auto check = [](Executor& executor) {
        std::vector<Future<bool>> futures;
        for (int i = 0; i < 100; ++i) futures.push_back(executor.submit(query, i));
        auto map = executor.map({.chunksize = 10}, query, numbers(1000));
        auto fixed = executor.direct().map(query, numbers(100));
        const auto pinned = executor.on(0).submit(query, 1);
        const auto after = executor.submit(square, 2).then([](int x) { return x; });
        const auto check_broken = [](auto f) { CHECK(contains(thrown<BrokenExecutor>(f), "the initializer failed: not reachable")); };
        for (const auto& future : futures) check_broken([&] { (void)future.result(20.0); });
        check_broken([&] {
            for (const bool value : map) CHECK(!value);
        });
        check_broken([&] { (void)fixed.list(); });
        check_broken([&] { (void)pinned.result(20.0); });
        check_broken([&] { (void)after.result(20.0); });
        check_broken([&] { (void)executor.broadcast(query, 1); });
        check_broken([&] { (void)executor.scatter(numbers(5)); });
        check_broken([&] { executor.bootup(); });
        check_broken([&] { (void)executor.submit(query, 1).result(20.0); });
    };
    for (int round = 0; round < 3; ++round) with_executors(check, {.initializer = [] { throw std::runtime_error("not reachable"); }});
    const int last = MPI::COMM_WORLD.size() - 1;  // one of several is enough
    with_executor(check, {.initializer = [last] {
                      std::this_thread::sleep_for(MPI::COMM_WORLD.rank() == last ? 30ms : 0ms);
                      if (MPI::COMM_WORLD.rank() == last)
                          throw std::runtime_error("not reachable");
                      is_connected = true;
                  }});
    MPI::COMM_WORLD.Barrier();
    is_connected = false;
}

TEST_CASE("wrong options are refused", "[futures]") {
    with_executors([](Executor& executor) {
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)executor.map({.chunksize = -1}, square, numbers(2)); }),
                       "chunksize is -1, it must not be negative"));
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)executor.map({.buffersize = -2}, square, numbers(2)); }), "buffersize is -2"));
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)executor.direct().map({.buffersize = 2}, square, numbers(2)); }), "fixed split"));
        CHECK(contains(thrown<InvalidStateError>([&] { (void)executor.map({.timeout = 1.0}, square, numbers(2)).future(); }), "with a timeout"));
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)executor.on(1000).submit(square, 2); }), "no worker 1000"));
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)executor.on(-1).submit(square, 2); }), "no worker -1"));
    });
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto refused = [&comm](const PoolOptions& options) {
            return thrown<std::invalid_argument>([&] { const MPICommExecutor executor(comm, 0, options); });
        };
        CHECK(contains(refused({.max_workers = -1}), "max_workers is -1, it must not be negative"));
        CHECK(contains(refused({.prefetch = -5}), "prefetch is -5"));
        CHECK(contains(refused({.retries = -1}), "retries is -1"));
        CHECK(contains(refused({.threads = -2}), "threads is -2"));
        int on_stack = 0;
        CHECK(contains(refused({.initializer = [&on_stack] { on_stack = 1; }}), "captures"));
        comm.Barrier();  // on all processes: none serves
    });
}

TEST_CASE("leaving a map early cancels the rest; not to begin it does not", "[futures]") {
    with_executors([](Executor& executor) {
        const auto start = std::chrono::steady_clock::now();
        for (const int value : executor.map(
                 {.chunksize = 1}, [](int x) { return std::this_thread::sleep_for(2ms), x; }, numbers(5000)))
            if (value == 3)
                break;
        executor.shutdown();
        CHECK(std::chrono::steady_clock::now() - start < 5s);
    });
    with_executor([](Executor& executor) {
        const std::string path = temporary("mpi4cxx-test-");
        {
            const auto unread = executor.map([](std::string name) { std::ofstream(name, std::ios::app) << "x"; }, std::vector<std::string>(9, path));
        }
        executor.shutdown();
        std::ifstream file(path);
        std::string text;
        file >> text;
        CHECK(text == "xxxxxxxxx");
        std::remove(path.c_str());
    });
}

// Views --------------------------------------------------------------------------------------------------------------------

TEST_CASE("broadcast and on run tasks on the workers that are named", "[futures]") {
    with_executors([](Executor& executor) {
        const auto who = executor.broadcast([] { return std::pair(getpid(), std::this_thread::get_id() == std::thread::id()); });
        CHECK(static_cast<int>(who.size()) == executor.num_workers());
        for (int w = 0; w < executor.num_workers(); ++w) {
            CHECK(executor.on(w).submit([] { return getpid(); }).result() == who[static_cast<std::size_t>(w)].first);
            CHECK(executor.direct()[w].worker() == w);
        }
        executor.broadcast([](int) {}, 3);
        CHECK(executor.direct().broadcast(square, 4) == std::vector<int>(who.size(), 16));
    });
}

TEST_CASE("scattered data stays on the workers, for tasks to use", "[futures]") {
    with_executors([](Executor& executor) {
        const std::vector<int> all = numbers(23);
        {
            const auto data = executor.scatter(all);
            CHECK(executor.gather(data) == all);
            const auto sums = executor.broadcast([](const std::vector<int>& part) { return std::accumulate(part.begin(), part.end(), 0); }, data);
            CHECK(std::accumulate(sums.begin(), sums.end(), 0) == 253);
            executor.broadcast(
                [](std::vector<int>& part, int by) {
                    for (int& x : part) x *= by;
                },
                data, 3);
            CHECK(executor.on(0).submit([](const std::vector<int>& part) { return part.size(); }, data).result() ==
                  all.size() / executor.broadcast([] { return 1; }).size());
            CHECK(executor.gather(data)[22] == 66);
            const auto copy = data;
            const auto words = executor.direct().scatter(std::vector<std::string>{"a", "b", "c"});
            CHECK(executor.gather(words) == std::vector<std::string>{"a", "b", "c"});
            CHECK(executor.gather(copy)[1] == 3);
            MPICommExecutor other(MPI::COMM_SELF, 0, {.max_workers = 1});
            const auto message =
                thrown<MPI::Exception>([&] { (void)other.submit([](const std::vector<int>& part) { return part.size(); }, data).result(); });
            CHECK(contains(message, "the workers of another executor have it"));
            CHECK(!contains(message, ".cpp:"));
        }
        CHECK(executor.submit(square, 5).result() == 25);
    });
}

TEST_CASE("a direct map splits before, a balanced one as it goes", "[futures]") {
    with_executors([](Executor& executor) {
        const std::vector<int> a = numbers(37), b = numbers(37, 5);
        const auto expected = executor.map(product, a, b).list();
        CHECK(executor.direct().map(product, a, b).list() == expected);
        CHECK(executor.direct().map({.chunksize = 2}, product, a, b).list() == expected);
        CHECK(executor.balanced().map(product, a, b).list() == expected);
        CHECK(executor.balanced().map({.chunksize = 5}, product, a, b).list() == expected);
        CHECK(executor.balanced().submit(square, 3).result() == 9);
        CHECK(executor.direct().size() == executor.num_workers());
        // each worker one run of the inputs
        const auto workers = executor.direct()
                                 .map(
                                     {.chunksize = 1}, [](int) { return getpid(); }, numbers(executor.num_workers() * 3))
                                 .list();
        for (std::size_t i = 0; i < workers.size(); ++i) CHECK(workers[i] == workers[i / 3 * 3]);
    });
}

TEST_CASE("tasks of all workers can work together", "[futures]") {
    if (MPI::COMM_WORLD.size() == 1)
        return;
    with_executor([](Executor& executor) {
        const auto sums = executor.broadcast(
            [](int x) {
                const MPI::Intracomm& comm = get_comm_workers();
                int sum = 0;
                comm.Allreduce(x + comm.rank(), sum, MPI::SUM);
                return sum;
            },
            10);
        const int n = executor.num_workers();
        CHECK(sums == std::vector<int>(static_cast<std::size_t>(n), 10 * n + n * (n - 1) / 2));
        CHECK(thrown<std::invalid_argument>([] { (void)get_comm_workers(); }) != "");
    });
}

// To look at ---------------------------------------------------------------------------------------------------------------

namespace {

std::string read_and_remove(const std::string& path) {
    std::ifstream file(path);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    std::remove(path.c_str());
    return text;
}
std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

}  // namespace

TEST_CASE("the trace shows every task since the last one", "[futures]") {
    with_executor([](Executor& executor) {
        const std::string path = temporary("mpi4cxx-trace-");
        (void)executor.map({.chunksize = 1}, square, numbers(25)).list();
        executor.trace(path + ".svg");
        const std::string svg = read_and_remove(path + ".svg");
        CHECK(svg.starts_with("<svg "));
        CHECK(svg.ends_with("</svg>\n"));
        CHECK(count(svg, "<title>task ") == 25);
        CHECK(contains(svg, "25 tasks on " + std::to_string(executor.num_workers()) + " workers"));
        (void)executor.submit(square, 3).result();
        executor.trace(path + ".json");
        const std::string json = read_and_remove(path + ".json");
        CHECK(count(json, R"("ph": "X")") == 1);
        CHECK(count(json, R"("ph": "M")") == static_cast<std::size_t>(executor.num_workers()) + 1);
        CHECK(contains(thrown<std::runtime_error>([&] { executor.trace("/nowhere/x.svg"); }), "cannot write /nowhere/x.svg"));
    });
}

// Many ---------------------------------------------------------------------------------------------------------------------

TEST_CASE("several threads use futures of one executor", "[futures]") {
    with_executor([](Executor& executor) {
        std::vector<Future<int>> futures;
        for (int i = 0; i < 2000; ++i) futures.push_back(executor.submit(square, i));
        std::vector<std::thread> threads;
        std::atomic<int> wrong{0};
        for (int t = 0; t < 3; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 2000; ++i)
                    if (futures[static_cast<std::size_t>(i)].result() != i * i)
                        ++wrong;
            });
        for (std::thread& thread : threads) thread.join();
        CHECK(wrong == 0);
    });
}

TEST_CASE("tasks go on while the program does something else", "[futures]") {
    if (MPI::Query_thread() != MPI::THREAD_MULTIPLE)
        return;
    with_executor([](Executor& executor) {
        std::atomic<int> done{0};
        for (int i = 0; i < 100; ++i) executor.submit(square, i).add_done_callback([&done](const Future<int>&) { ++done; });
        for (int i = 0; i < 1000 && done < 100; ++i) std::this_thread::sleep_for(10ms);
        CHECK(done == 100);
    });
}
