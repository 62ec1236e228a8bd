#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using namespace mpi4cxx::futures;
using namespace std::chrono_literals;

namespace {

/// Runs `f(executor)` on rank 0 of the world.
template <class F> void with_executor(F f, const PoolOptions& options = {}) {
    if (MPICommExecutor executor{MPI::COMM_WORLD, 0, options})
        f(executor);
}

struct Diverged : std::runtime_error {  // with members, made from the message
    explicit Diverged(const std::string& text) : std::runtime_error(text) {}
    int step = 0;
    std::vector<double> residuals;
    template <class Archive> void serialize(Archive& archive) { archive(step, residuals); }
};
struct Slowly : Diverged {  // registered, as what it is derived from is
    using Diverged::Diverged;
    int speed = 0;
    template <class Archive> void serialize(Archive& archive) {
        Diverged::serialize(archive);
        archive(speed);
    }
};
struct Unregistered : Diverged {
    using Diverged::Diverged;
};
struct Bare : std::out_of_range {
    using std::out_of_range::out_of_range;
};
class Own : public std::exception {  // a text of its own, and a default constructor
public:
    explicit Own(std::string text = "") : text_(std::move(text)) {}
    [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
    template <class Archive> void serialize(Archive& archive) { archive(text_); }

private:
    std::string text_;
};
class AtLine : public std::runtime_error {  // what it says is made of members
public:
    AtLine(std::string in, int at) : std::runtime_error(in + ":" + std::to_string(at)), file(std::move(in)), line(at) {}
    std::string file;
    int line;
};
struct Both : std::invalid_argument, std::runtime_error {
    Both(const char* a, const char* b) : std::invalid_argument(a), std::runtime_error(b) {}
};
struct BothCarried : std::invalid_argument, std::runtime_error {
    BothCarried(const std::string& a, const std::string& b) : std::invalid_argument(a), std::runtime_error(b) {}
};
struct NoStandard {
    int code = 0;
    template <class Archive> void serialize(Archive& archive) { archive(code); }
};
struct Last final : std::logic_error {
    explicit Last(const std::string& text) : std::logic_error(text) {}
    int count = 0;
    template <class Archive> void serialize(Archive& archive) { archive(count); }
};
struct Decorated : std::runtime_error {  // the constructor would add its words again
    explicit Decorated(const std::string& text) : std::runtime_error("input: " + text) {}
};
struct Coded : std::runtime_error {  // a default constructor, which knows other words
    explicit Coded(int number = 0) : std::runtime_error("code " + std::to_string(number)), code(number) {}
    int code;
    template <class Archive> void serialize(Archive& archive) { archive(code); }
};
struct Virtual : virtual std::runtime_error {
    explicit Virtual(const std::string& text) : std::runtime_error(text) {}
    int count = 0;
    template <class Archive> void serialize(Archive& archive) { archive(count); }
};
struct Unwritable : std::domain_error {
    using std::domain_error::domain_error;
    int code = 0;
    template <class Archive> void save(Archive&) const { throw std::length_error("cannot be sent"); }
    template <class Archive> void load(Archive&) {}
};
struct Unreadable : std::domain_error {
    using std::domain_error::domain_error;
    int code = 0;
    template <class Archive> void save(Archive& archive) const { archive(code); }
    template <class Archive> void load(Archive&) { throw std::length_error("cannot be read"); }
};

const bool carried = exceptions<Diverged, Slowly, Bare, Own, NoStandard, Last, Decorated, Coded, Virtual, Unwritable, Unreadable>();
const bool carried_by_parts = exceptions<AtLine>([](const AtLine& e) { return std::tuple(e.file, e.line); },
                                                 [](std::string file, int line) { return AtLine(std::move(file), line); });
const bool both_carried = exceptions<BothCarried>(
    [](const BothCarried& e) {
        return std::tuple(std::string(static_cast<const std::invalid_argument&>(e).what()),
                          std::string(static_cast<const std::runtime_error&>(e).what()));
    },
    [](const std::string& a, const std::string& b) { return BothCarried(a, b); });

const std::error_category& own_category() {
    struct Category final : std::error_category {
        [[nodiscard]] const char* name() const noexcept override { return "own"; }
        [[nodiscard]] std::string message(int code) const override { return "own " + std::to_string(code); }
    };
    static const Category category;
    return category;
}

template <class E> E with_members(E exception) {
    exception.step = 7;
    exception.residuals = {1, 0.5, 2};
    return exception;
}

void throw_one(int kind) {
    switch (kind) {
    case 0: throw with_members(Diverged("too large"));
    case 1: {
        auto slowly = with_members(Slowly("too slow"));
        slowly.speed = 3;
        throw slowly;
    }
    case 2: throw with_members(Unregistered("like its base"));
    case 3: throw Bare("bare");
    case 4: throw Own("own text");
    case 5: throw AtLine("a.cpp", 12);
    case 6: throw Both("an argument", "at run time");
    case 7: throw BothCarried("an argument", "at run time");
    case 8: throw NoStandard{42};
    case 9: {
        Last last("last");
        last.count = 5;
        throw last;
    }
    case 10: throw Unwritable("not written");
    case 11: throw Unreadable("not read");
    case 12: throw std::system_error(5, std::iostream_category(), "stream");
    case 13: throw std::system_error(6, own_category(), "own");
    case 14: throw Decorated("no file");
    case 15: throw Coded(7);
    case 16: {
        Virtual shared("shared");
        shared.count = 6;
        throw shared;
    }
    default: break;
    }
}

void throw_nested(int depth) {
    if (depth == 0)
        throw with_members(Diverged("innermost"));
    try {
        throw_nested(depth - 1);
    } catch (...) {
        if (depth == 1)
            std::throw_with_nested(AtLine("b.cpp", 3));
        std::throw_with_nested(std::out_of_range("outermost"));
    }
}

std::atomic<int> calls{0};
int fails_at_first(int failures) {
    if (calls++ < failures)
        throw std::runtime_error("failure " + std::to_string(calls));
    return calls.exchange(0);
}

template <class E, class F> void with_exception(F task, void (*look)(const E&)) {
    try {
        task();
        FAIL_CHECK("nothing was thrown");
    } catch (const E& e) {
        look(e);
    } catch (const std::exception& e) {
        FAIL_CHECK(std::string("something else: ") + e.what());
    }
}

}  // namespace

TEST_CASE("an exception of the user's arrives as itself, members and all", "[futures]") {
    with_executor([](Executor& executor) {
        const auto task = [&](int kind) { return [&executor, kind] { executor.submit(throw_one, kind).result(); }; };
        with_exception<Diverged>(task(0), [](const Diverged& e) {
            CHECK(e.step == 7);
            CHECK(e.residuals == std::vector<double>{1, 0.5, 2});
            CHECK(contains(e.what(), "too large (in a task on "));
            CHECK(dynamic_cast<const TaskError*>(&e)->message() == "too large");
            CHECK(contains(dynamic_cast<const TaskError*>(&e)->type(), "Diverged"));
        });
        with_exception<Slowly>(task(1), [](const Slowly& e) {
            CHECK(e.step == 7);
            CHECK(e.speed == 3);
        });
        with_exception<Diverged>(task(2), [](const Diverged& e) {
            CHECK(e.step == 7);
            CHECK(contains(dynamic_cast<const TaskError*>(&e)->type(), "Unregistered"));
        });
        with_exception<Bare>(task(3), [](const Bare& e) { CHECK(contains(e.what(), "bare")); });
        with_exception<Own>(task(4), [](const Own& e) { CHECK(contains(e.what(), "own text")); });
        with_exception<AtLine>(task(5), [](const AtLine& e) {
            CHECK(e.file == "a.cpp");
            CHECK(e.line == 12);
            CHECK(contains(e.what(), "a.cpp:12 (in a task"));
        });
        with_exception<NoStandard>(task(8), [](const NoStandard& e) { CHECK(e.code == 42); });
        with_exception<Last>(task(9), [](const Last& e) { CHECK(e.count == 5); });
        with_exception<Decorated>(task(14), [](const Decorated& e) { CHECK(std::string(e.what()).starts_with("input: no file (in a task on ")); });
        with_exception<Coded>(task(15), [](const Coded& e) {
            CHECK(e.code == 7);
            CHECK(std::string(e.what()).starts_with("code 7 (in a task on "));
        });
        with_exception<Virtual>(task(16), [](const Virtual& e) {
            CHECK(e.count == 6);
            CHECK(std::string(e.what()) == "shared");
        });
        with_exception<Diverged>(
            [&] {
                (void)executor.map([](int kind) { return throw_one(kind), kind; }, std::vector<int>{20, 0}).list();
            },
            [](const Diverged& e) { CHECK(e.step == 7); });
    });
}

TEST_CASE("what two bases of an exception say survives", "[futures]") {
    with_executor([](Executor& executor) {
        with_exception<std::invalid_argument>([&] { executor.submit(throw_one, 6).result(); },
                                              [](const std::invalid_argument& e) {
                                                  CHECK(contains(e.what(), "an argument"));
                                                  CHECK(contains(e.what(), "at run time"));
                                              });
        with_exception<BothCarried>([&] { executor.submit(throw_one, 7).result(); },
                                    [](const BothCarried& e) {
                                        CHECK(contains(static_cast<const std::invalid_argument&>(e).std::invalid_argument::what(), "an argument"));
                                        CHECK(contains(static_cast<const std::runtime_error&>(e).std::runtime_error::what(), "at run time"));
                                    });
    });
}

TEST_CASE("what cannot be carried arrives as the type that it is derived from", "[futures]") {
    with_executor([](Executor& executor) {
        for (const int kind : {10, 11})
            with_exception<std::domain_error>([&] { executor.submit(throw_one, kind).result(); },
                                              [](const std::domain_error& e) { CHECK(contains(e.what(), "not ")); });
        with_exception<std::system_error>([&] { executor.submit(throw_one, 12).result(); },
                                          [](const std::system_error& e) { CHECK(e.code() == std::error_code(5, std::iostream_category())); });
        with_exception<std::system_error>([&] { executor.submit(throw_one, 13).result(); },
                                          [](const std::system_error& e) {
                                              CHECK(e.code().value() == 6);
                                              CHECK(std::string(e.code().category().name()) == "own");
                                              CHECK(contains(e.what(), "own 6"));
                                          });
    });
}

TEST_CASE("nested exceptions arrive nested", "[futures]") {
    with_executor([](Executor& executor) {
        with_exception<std::out_of_range>([&] { executor.submit(throw_nested, 2).result(); },
                                          [](const std::out_of_range& outer) {
                                              CHECK(contains(outer.what(), "outermost"));
                                              CHECK(dynamic_cast<const TaskError*>(&outer)->type() == "std::out_of_range");
                                              try {
                                                  std::rethrow_if_nested(outer);
                                                  FAIL_CHECK("nothing is nested");
                                              } catch (const AtLine& middle) {
                                                  CHECK(middle.line == 3);
                                                  try {
                                                      std::rethrow_if_nested(middle);
                                                      FAIL_CHECK("nothing is nested");
                                                  } catch (const Diverged& inner) {
                                                      CHECK(inner.step == 7);
                                                      CHECK(contains(inner.what(), "innermost"));
                                                  }
                                              }
                                          });
    });
}

TEST_CASE("an exception names the rank and the function", "[futures]") {
    with_executor([](Executor& executor) {
        const int last = executor.num_workers() - 1;
        try {
            executor.on(last).submit(throw_one, 3).result();
            FAIL_CHECK("nothing was thrown");
        } catch (const TaskError& e) {
            const bool has_threads = MPI::COMM_WORLD.size() == 1;
            CHECK(e.worker() == last);
            CHECK(e.rank() == (has_threads ? 0 : last + 1));
            const std::string place = has_threads ? "thread " + std::to_string(last) + " of rank 0, " : "rank " + std::to_string(last + 1) + ", ";
            CHECK(e.where() == place + MPI::Get_processor_name() + ": (anonymous namespace)::throw_one(int)");
            CHECK(contains(dynamic_cast<const std::exception&>(e).what(), "bare (in a task on " + place));
            CHECK(contains(e.function(), "throw_one"));
        }
    });
}

// Options ------------------------------------------------------------------------------------------------------------------

TEST_CASE("a call that throws is tried again", "[futures]") {
    with_executor([](Executor& executor) {
        const auto worker = executor.on(0);
        CHECK(worker.submit({.retries = 2}, fails_at_first, 2).result() == 3);
        CHECK(contains(thrown<std::runtime_error>([&] { (void)worker.submit({.retries = 2}, fails_at_first, 9).result(); }), "failure 3"));
        worker.submit([] { calls = 0; }).result();
        CHECK(contains(thrown<std::runtime_error>([&] { (void)worker.submit(fails_at_first, 9).result(); }), "failure 1"));
        worker.submit([] { calls = 0; }).result();
        const auto odd = [](int x) {  // every call of an odd number fails once
            static thread_local int failed = -1;
            if (x % 2 == 1 && std::exchange(failed, x) != x)
                throw std::runtime_error("odd");
            return std::string(static_cast<std::size_t>(x), 'x');
        };
        const std::vector<int> some{0, 1, 2, 3, 4, 5, 6, 7};
        for (const int chunksize : {1, 3, 100}) {
            const std::vector<std::string> all = executor.map({.chunksize = chunksize, .retries = 1}, odd, some).list();
            CHECK(all.size() == some.size());
            for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].size() == i);
        }
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)executor.submit({.retries = -2}, fails_at_first, 2); }),
                       "retries is -2, it must not be negative, but for -1"));
        CHECK(contains(thrown<std::invalid_argument>([&] { (void)executor.map({.retries = -2}, fails_at_first, {2}); }), "retries is -2"));
    });
    with_executor(
        [](Executor& executor) {
            CHECK(executor.on(0).submit(fails_at_first, 1).result() == 2);
            CHECK(
                contains(thrown<std::runtime_error>([&] { (void)executor.on(0).submit({.retries = 0}, fails_at_first, 1).result(); }), "failure 1"));
            executor.on(0).submit([] { calls = 0; }).result();
        },
        {.retries = 1});
}

TEST_CASE("a map and a collection can end at the first failure", "[futures]") {
    with_executor(
        [](Executor& executor) {
            calls = 0;
            const auto task = [](int x) {
                std::this_thread::sleep_for(2ms);
                if (x == 3)
                    throw std::domain_error("three");
                return x;
            };
            std::vector<int> many(5000);
            for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<int>(i);
            auto map = executor.map({.chunksize = 1, .cancel_on_failure = true}, task, many);
            executor.shutdown();  // waits for all, were they not cancelled
            CHECK(contains(thrown<std::domain_error>([&] { (void)map.list(); }), "three"));
        },
        {.prefetch = 1});
    with_executor(
        [](Executor& executor) {
            std::vector<Future<int>> futures;
            for (int i = 0; i < 500; ++i)
                futures.push_back(executor.submit(
                    [](int x) {
                        std::this_thread::sleep_for(2ms);
                        return x == 1 ? throw std::domain_error("one") : x;
                    },
                    i));
            CHECK(contains(thrown<std::domain_error>([&] { (void)collect(futures, {.cancel_on_failure = true}).result(); }), "one"));
            executor.shutdown();
            CHECK(std::any_of(futures.begin(), futures.end(), [](const auto& one) { return one.cancelled(); }));
        },
        {.prefetch = 1});
}

TEST_CASE("a continuation on an executor can be cancelled before its turn", "[futures]") {
    with_executor([](Executor& executor) {
        const auto nap = executor.submit([] { std::this_thread::sleep_for(30ms); });
        const auto after = nap.then(executor, [] { return 1; });
        CHECK(after.cancel());
        CHECK(contains(thrown<InvalidStateError>([&] { (void)Future<void>().then(executor, [] { return 1; }); }), "empty"));
        executor.shutdown();
        CHECK(nap.done());
        CHECK(after.cancelled());
    });
}

namespace {

struct Submits {  // a result whose destructor uses the executor
    static inline std::atomic<Executor*> executor{nullptr};
    int value = 0;
    Submits() = default;
    Submits(const Submits&) = default;
    Submits& operator=(const Submits&) = default;
    ~Submits() {
        if (Executor* const here = executor; here != nullptr)
            (void)here->submit([] {});
    }
    template <class Archive> void serialize(Archive& archive) { archive(value); }
};

}  // namespace

TEST_CASE("a result's destructor may use the executor", "[futures]") {
    with_executor([](Executor& executor) {
        Submits::executor = &executor;
        int seen = 0;
        for (const Submits& one : executor.map(
                 {.chunksize = 2}, [](int x) { return x == 9 ? throw std::domain_error("nine") : Submits(); },
                 std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8}))
            if (one.value == 0 && ++seen == 5)
                break;
        CHECK(seen == 5);
        {
            const auto dropped = executor.submit([] { return Submits(); });
        }
        (void)executor.submit([] { return Submits(); }).result();
        Submits::executor = nullptr;
    });
}

namespace {

struct Waits {  // a result; the destructor of the first one waits for the last one, once
    static inline std::atomic<bool> is_armed{false}, may_end{false};
    static inline Future<Waits> last;
    int number = 0;
    Waits() = default;
    explicit Waits(int the_number) : number(the_number) {}
    Waits(const Waits&) = default;
    Waits& operator=(const Waits&) = default;
    ~Waits() {
        if (number != 1 || !is_armed.exchange(false))
            return;
        may_end = true;
        (void)last.exception();
    }
    template <class Archive> void serialize(Archive& archive) { archive(number); }
};

}  // namespace

TEST_CASE("a result that as_completed drops may wait for the others", "[futures]") {
    MPICommExecutor executor{MPI::COMM_SELF, 0, {.max_workers = 1}};  // a thread, which shares the variables
    const auto make = [](int number) {
        do std::this_thread::sleep_for(1ms);  // so that each result is sent at once
        while (number == 3 && !Waits::may_end);
        return Waits(number);
    };
    std::vector<Future<Waits>> futures{executor.submit(make, 1), executor.submit(make, 2), executor.submit(make, 3)};
    Waits::last = futures.back();
    int seen = 0;
    for (auto& one : as_completed(std::move(futures))) {
        CHECK(one.result().number == ++seen);
        Waits::is_armed = seen == 1;
    }
    CHECK(seen == 3);
    CHECK(Waits::may_end);
    Waits::last = {};
}

namespace {

void* const openmp = dlopen("libgomp.so.1", RTLD_NOW | RTLD_GLOBAL);
int openmp_threads() { return reinterpret_cast<int (*)()>(dlsym(openmp, "omp_get_max_threads"))(); }

}  // namespace

TEST_CASE("a task knows how many threads it may use", "[futures]") {
    const int before = openmp != nullptr ? openmp_threads() : 0;
    with_executor(
        [](Executor& executor) {
            for (const int threads : executor.broadcast(worker_threads)) CHECK(threads == 3);
            for (const int threads : executor.map([](int) { return worker_threads(); }, {1, 2, 3})) CHECK(threads == 3);
            if (openmp != nullptr)
                for (const int threads : executor.broadcast(openmp_threads)) CHECK(threads == 3);
        },
        {.threads = 3});
    with_executor([](Executor& executor) { CHECK(executor.submit(worker_threads).result() == 0); });
    CHECK(worker_threads() == 0);
    CHECK((openmp == nullptr || openmp_threads() == before));
}
