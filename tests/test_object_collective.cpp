#include "catch.hpp"
#include "refused_memory.hpp"
#include "support.hpp"

#include <mpi4cxx/cartcomm.hpp>

#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using Table = std::map<std::string, std::vector<double>>;

struct Money {  // has a + of its own, a datatype, and no serialize function
    long cents;
    bool operator==(const Money&) const = default;
    friend Money operator+(Money a, Money b) { return {a.cents + b.cents}; }
};

struct Place {  // is laid out as the pair of MINLOC
    double value;
    int rank;
    bool operator==(const Place&) const = default;
};

struct Named {  // has a + that does not commute
    std::string name;
    bool operator==(const Named&) const = default;
    friend Named operator+(const Named& a, const Named& b) { return {a.name + "+" + b.name}; }
    template <class Archive> void serialize(Archive& archive) { archive(name); }
};

struct Stopping {  // cannot be read where it says so
    std::string text;
    std::vector<double> values;
    template <class Archive> void save(Archive& archive) const { archive(text, values, values); }
    template <class Archive> void load(Archive& archive) {
        archive(text);
        if (text == "stop")
            throw std::runtime_error("it cannot be read");
        archive(values, values);
    }
};

struct Job {  // cannot be copied, nor sent without a number
    std::unique_ptr<int> number;
    template <class Archive> void save(Archive& archive) const {
        if (!number)
            throw std::runtime_error("no number");
        archive(*number);
    }
    template <class Archive> void load(Archive& archive) {
        number = std::make_unique<int>();
        archive(*number);
    }
};

struct Single {  // can be sent, and throws when it is copied
    std::string name = "single";
    Single() = default;
    Single(const Single&) { throw std::runtime_error("no second one"); }
    Single(Single&&) = default;
    Single& operator=(const Single&) = default;
    Single& operator=(Single&&) = default;
    template <class Archive> void serialize(Archive& archive) { archive(name); }
};

/// "abc…" of the ranks [0, n).
std::string letters(int n) {
    std::string result;
    for (int i = 0; i < n; ++i) result += letter(i);
    return result;
}

/// An object whose size depends on the rank; one in three is large.
std::vector<double> numbers(int rank) { return std::vector<double>(rank % 3 == 1 ? 100'000 : static_cast<std::size_t>(rank), rank + 0.5); }

template <class F> void for_each_root(F f) {
    for_each_comm([&](const MPI::Intracomm& comm) {
        for (int root = 0; root < comm.size(); ++root) f(comm, root);
    });
}

}  // namespace

TEST_CASE("Collectives take blocks into their places, also where an object cannot be read", "[object][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        const auto size = static_cast<std::size_t>(comm.size());
        const auto table = [](int rank) {
            return Table{{"short", {1.0 * rank}}, {"long", std::vector<double>(20'000, rank)}, {"longer", std::vector<double>(30'000, rank + 0.5)}};
        };
        std::vector<Table> all;
        for (int rank = 0; rank < comm.size(); ++rank) all.push_back(table(rank));
        const auto texts = [&](bool stops) {
            std::vector<Stopping> objects;
            for (std::size_t i = 0; i < size; ++i) objects.push_back({stops && i == size / 2 ? "stop" : "go", std::vector<double>(40'000, 1.0)});
            return objects;
        };
        for (int i = 0; i < 2; ++i) {
            CHECK(comm.allgather(table(comm.rank())) == all);
            CHECK(comm.gather(table(comm.rank()), root) == (comm.rank() == root ? all : std::vector<Table>()));
            CHECK(comm.scatter(all, root) == table(comm.rank()));
            CHECK(comm.alltoall(std::vector<Table>(size, table(comm.rank()))) == all);
            const auto stops = [](auto f) { return !thrown<std::runtime_error>(f).empty(); };
            const Stopping mine = texts(true)[static_cast<std::size_t>(comm.rank())];
            CHECK(stops([&] { (void)comm.allgather(mine); }));
            CHECK(stops([&] { (void)comm.gather(mine, root); }) == (comm.rank() == root));
            CHECK(stops([&] { (void)comm.scatter(texts(true), root); }) == (comm.rank() == comm.size() / 2));
            CHECK(stops([&] { (void)comm.alltoall(texts(true)); }) == (comm.rank() == comm.size() / 2));
            CHECK(stops([&] { (void)comm.scan(mine, [](const Stopping& a, const Stopping&) { return a; }); }));  // one throws, so all do
        }
        CHECK(comm.scatter(texts(false), root).text == "go");
    });
}

TEST_CASE("Comm::bcast gives every process the root's object", "[object][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        CHECK(comm.bcast(comm.rank(), root) == root);
        CHECK(comm.bcast(comm.rank() == root ? letters(3) : "ignored", root) == "abc");
        CHECK(comm.bcast(comm.rank() == root ? Table() : Table{{"ignored", {1}}}, root).empty());
        const Table table{{"x", {1, 2, 3}}, {"long", std::vector<double>(200'000, root)}};
        CHECK(comm.bcast(comm.rank() == root ? table : Table(), root) == table);
        CHECK(comm.bcast<std::string>("literal", root) == "literal");
        CHECK(comm.bcast(Money{comm.rank()}, root) == Money{root});
    });
    CHECK(MPI::COMM_WORLD.bcast(MPI::COMM_WORLD.rank() + 7) == 7);
}

TEST_CASE("Comm::scatter deals out the root's objects", "[object][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        std::vector<std::vector<double>> chunks;
        if (comm.rank() == root)
            for (int rank = 0; rank < comm.size(); ++rank) chunks.push_back(numbers(rank));
        CHECK(comm.scatter(chunks, root) == numbers(comm.rank()));
        CHECK(comm.scatter(std::vector<int>(static_cast<std::size_t>(comm.rank() == root ? comm.size() : 17), root), root) == root);
    });
}

TEST_CASE("Comm::gather and allgather return the objects in the order of ranks", "[object][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        std::vector<std::vector<double>> all;
        for (int rank = 0; rank < comm.size(); ++rank) all.push_back(numbers(rank));
        const auto gathered = comm.gather(numbers(comm.rank()), root);
        CHECK(gathered == (comm.rank() == root ? all : std::vector<std::vector<double>>()));
        CHECK(comm.allgather(numbers(comm.rank())) == all);
        const auto literals = comm.gather("text", root);
        CHECK(literals == std::vector<std::string>(comm.rank() == root ? all.size() : 0, "text"));
        CHECK(comm.allgather("text") == std::vector<std::string>(all.size(), "text"));
        CHECK(comm.allgather(std::string()) == std::vector<std::string>(all.size()));
        CHECK(comm.allgather(Money{5}) == std::vector<Money>(all.size(), Money{5}));
    });
}

TEST_CASE("Comm::alltoall exchanges an object with every process", "[object][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<std::string> sent, expected;
        for (int other = 0; other < comm.size(); ++other) {
            sent.emplace_back((other + comm.rank()) % 2 == 0 ? 2 : 60'000, letter(comm.rank())[0]);
            sent.back() += letter(other);
            expected.emplace_back((other + comm.rank()) % 2 == 0 ? 2 : 60'000, letter(other)[0]);
            expected.back() += letter(comm.rank());
        }
        CHECK(comm.alltoall(sent) == expected);
    });
}

TEST_CASE("Comm::reduce and allreduce combine in the order of ranks", "[object][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        const int rank = comm.rank(), size = comm.size(), sum = size * (size - 1) / 2;
        const auto check = [&](auto object, auto expected, const auto& op) {
            const auto reduced = comm.reduce(object, op, root);
            CHECK(reduced.has_value() == (rank == root));
            if (reduced)
                CHECK(*reduced == expected);
            CHECK(comm.allreduce(object, op) == expected);
        };
        check(rank, sum, MPI::SUM);
        check(rank + 0.5, sum + 0.5 * size, MPI::SUM);
        check(rank, size - 1, MPI::MAX);
        check(rank + 1, 1, MPI::MIN);
        check(2L, 1L << size, MPI::PROD);
        check(1U << rank, (1U << size) - 1, MPI::BOR);
        check(true, true, MPI::LAND);
        check(letter(rank), letters(size), MPI::SUM);
        check(letter(rank), letter(size - 1), MPI::MAX);
        check(Money{rank}, Money{sum}, MPI::SUM);
        std::string names = letter(0);
        for (int i = 1; i < size; ++i) names.append("+").append(letter(i));
        check(Named{letter(rank)}, Named{names}, MPI::SUM);
        check(std::pair(2.5, rank), std::pair(2.5, 0), MPI::MAXLOC);
        check(std::pair(-rank, rank), std::pair(-(size - 1), size - 1), MPI::MINLOC);
        check(std::pair(letter(rank), rank), std::pair(letter(size - 1), size - 1), MPI::MAXLOC);
        check(Place{1.0 * rank, rank}, Place{size - 1.0, size - 1}, MPI::MAXLOC);
        check(Place{2.5, rank}, Place{2.5, 0}, MPI::MINLOC);
        const std::string separator = ", ";
        std::string list = letter(0);
        for (int i = 1; i < size; ++i) list += separator + letter(i);
        check(letter(rank), list, [&separator](const std::string& a, const std::string& b) { return a + separator + b; });
        check(rank, sum, [](int a, int b) { return a + b; });
    });
}

TEST_CASE("Comm::reduce takes several capturing functions and operations of the user's", "[object][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size(), sum = size * (size - 1) / 2;
        for (const int factor : {1, 2, 3}) {
            const auto op = [factor](int a, int b) { return a + b + factor; };
            CHECK(comm.allreduce(comm.rank(), op) == sum + factor * (size - 1));
            const MPI::Op made = MPI::Op::Create<int>(op);
            CHECK(comm.allreduce(comm.rank(), made) == sum + factor * (size - 1));
            CHECK(comm.reduce(comm.rank(), made).value_or(-1) == (comm.rank() == 0 ? sum + factor * (size - 1) : -1));
        }
        CHECK(comm.allreduce(comm.rank()) == sum);
        CHECK(comm.reduce(comm.rank()).value_or(-1) == (comm.rank() == 0 ? sum : -1));
    });
}

TEST_CASE("Intracomm::scan and exscan combine up to their rank", "[object][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank();
        CHECK(comm.scan(rank) == rank * (rank + 1) / 2);
        CHECK(comm.scan(letter(rank)) == letters(rank + 1));
        CHECK(comm.scan(letter(rank), [](const std::string& a, const std::string& b) { return a + "," + b; }).size() ==
              static_cast<std::size_t>(2 * rank + 1));
        CHECK(comm.scan(rank, MPI::MAX) == rank);
        CHECK(comm.exscan(rank).value_or(-1) == (rank == 0 ? -1 : rank * (rank - 1) / 2));
        CHECK(comm.exscan(letter(rank)).value_or("nothing") == (rank == 0 ? "nothing" : letters(rank)));
        CHECK(comm.exscan(letter(rank), MPI::MIN).value_or("a") == "a");
    });
}

TEST_CASE("Large objects are combined in the order of ranks", "[object][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::string large(100'000, letter(comm.rank())[0]);
        const std::string joined = comm.allreduce(large);
        CHECK(joined.size() == large.size() * static_cast<std::size_t>(comm.size()));
        for (int rank = 0; rank < comm.size(); ++rank) CHECK(joined[large.size() * static_cast<std::size_t>(rank)] == letter(rank)[0]);
    });
}

TEST_CASE("Comm::bcast of an object that is moved in uses its memory again, on every process", "[object][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        for (const std::size_t n : {3U, 100U, 2'000U, 300'000U}) {
            std::vector<double> data(n, comm.rank());
            const double* const memory = data.data();
            for (int i = 0; i < 2; ++i) {
                data = comm.bcast(std::move(data), root);
                CHECK(data == std::vector<double>(n, root));
                CHECK(data.data() == memory);
                data.assign(n, comm.rank());
            }
            std::string text(n, letter(comm.rank())[0]);
            text = comm.bcast(std::move(text), root);
            CHECK(text == std::string(n, letter(root)[0]));
            CHECK(comm.bcast(data, root) == std::vector<double>(n, root));
            CHECK(data == std::vector<double>(n, comm.rank()));  // of an lvalue nothing is changed
        }
    });
}

TEST_CASE("Comm::bcast takes what cannot be copied, and literals", "[object][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        for (const std::size_t n : {3U, 300'000U}) {
            using Pointer = std::unique_ptr<std::vector<double>>;
            Pointer pointer = comm.rank() == root ? std::make_unique<std::vector<double>>(n, root) : nullptr;
            const Pointer copy = comm.bcast(pointer, root);
            CHECK((copy != nullptr && *copy == std::vector<double>(n, root)));
            CHECK((pointer != nullptr) == (comm.rank() == root));
            pointer = comm.bcast(std::move(pointer), root);
            CHECK((pointer != nullptr && *pointer == std::vector<double>(n, root)));
        }
        CHECK(comm.bcast("literal", root) == "literal");
        CHECK(comm.bcast(comm.rank() == root ? "the root's" : "another", root) == "the root's");
        CHECK(comm.bcast(std::string_view(comm.rank() == root ? "view" : ""), root) == "view");
        CHECK(comm.bcast(std::vector<std::string>{std::string(200'000, letter(comm.rank())[0]), "x"}, root)[0][7] == letter(root)[0]);
    });
}

TEST_CASE("Comm::bcast of another type is an Exception on its receivers, and all goes on", "[object][collective][error]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        for (const std::size_t n : {3U, 2'000U, 9'000U, 300'000U}) {
            const Table table{{"x", std::vector<double>(n, 1)}, {"y", std::vector<double>(n / 2, 2)}};
            const auto refused = [&](auto wrong) {
                const std::string text = thrown<MPI::Exception>([&] {
                    if (comm.rank() == root)
                        CHECK(comm.bcast(table, root) == table);
                    else
                        (void)comm.bcast(wrong, root);
                });
                CHECK(text.empty() == (comm.rank() == root));
                CHECK((text.empty() || (contains(text, "bcast") && contains(text, "is a std::map<"))));
            };
            refused(1);
            refused(std::string("text"));
            refused(std::vector<double>(2));
            CHECK(comm.bcast(table, root) == table);
        }
    });
}

TEST_CASE("Collectives of objects tell of a type that is not that of the others", "[object][collective][error]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        for (const std::size_t n : {3U, 2'000U, 300'000U}) {
            const bool differs = comm.rank() == root && comm.size() > 1;
            const auto refused = [](auto f) { return !thrown<MPI::Exception>(f).empty(); };
            CHECK(refused([&] { (void)(differs ? comm.allgather(std::string(n, 'x')).size() : comm.allgather(n).size()); }) == (comm.size() > 1));
            CHECK(refused([&] { (void)(comm.rank() == root ? comm.gather(n, root).size() : comm.gather(std::string(n, 'x'), root).size()); }) ==
                  differs);
            CHECK(refused([&] {
                      if (comm.rank() == root)
                          (void)comm.scatter(std::vector<std::string>(static_cast<std::size_t>(comm.size()), std::string(n, 'x')), root);
                      else
                          (void)comm.scatter(std::vector<int>(), root);
                  }) == (comm.rank() != root));
            CHECK(comm.allgather(std::string(n, 'y')).back() == std::string(n, 'y'));
        }
    });
}

TEST_CASE("Collectives of objects move all sizes around a slot, 8 KiB and a block, also at once", "[object][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank(), size = comm.size(), root = size - 1;
        const auto check = [&](auto length) {  // of the object from one rank to another
            const auto object = [&](int from, int to) { return std::string(length(from, to), static_cast<char>('a' + from)); };
            std::vector<std::string> all, column, row;
            for (int i = 0; i < size; ++i) {
                all.push_back(object(i, 0));
                column.push_back(object(i, rank));
                row.push_back(object(rank, i));
            }
            CHECK((comm.bcast(object(rank, 0), root) == object(root, 0)));
            CHECK((comm.gather(object(rank, 0), root) == (rank == root ? all : std::vector<std::string>())));
            CHECK((comm.allgather(object(rank, 0)) == all));
            CHECK((comm.alltoall(row) == column));
            CHECK((comm.scatter(row, root) == object(root, rank)));
        };
        for (std::size_t n = 460; n <= 484; ++n) check([n](int, int) { return n; });
        for (std::size_t n = 975; n <= 999; ++n) check([n](int, int) { return n; });
        for (const std::size_t around : {std::size_t{8192}, std::size_t{64 << 10}, std::size_t{1 << 20}})
            for (const std::size_t n : {around - 49, around - 1, around, around + 1}) check([n](int, int) { return n; });
        check([](int from, int to) { return static_cast<std::size_t>((from + to) % 3 == 0 ? 100'000 : (from + to) % 3 == 1 ? 480 : 0); });
        check([](int from, int) { return static_cast<std::size_t>(from % 2 == 0 ? 471 : 1 << 20); });
        check([](int from, int to) { return static_cast<std::size_t>(from == to ? 70'000 : 1); });
    });
}

TEST_CASE("Reductions of objects combine in the order of ranks, by functions of any kind", "[object][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        const int rank = comm.rank(), size = comm.size();
        /// Compares all four with what `op` makes of `make(0)`, `make(1)`, …
        const auto check = [&](auto make, auto op) {
            using T = decltype(make(0));
            const auto upto = [&](int end) {
                T result = make(0);
                for (int i = 1; i < end; ++i) {
                    T combined = op(T(result), make(i));
                    result = std::move(combined);
                }
                return result;
            };
            const std::optional<T> reduced = comm.reduce(make(rank), op, root);
            CHECK(reduced.has_value() == (rank == root));
            CHECK((!reduced || *reduced == upto(size)));
            CHECK((comm.allreduce(make(rank), op) == upto(size)));
            CHECK((comm.scan(make(rank), op) == upto(rank + 1)));
            const std::optional<T> lower = comm.exscan(make(rank), op);
            CHECK(lower.has_value() == (rank != 0));
            CHECK((!lower || *lower == upto(rank)));
        };
        check([](int i) { return Matrix{1, i + 1, i, 2}; }, [](const Matrix& a, const Matrix& b) { return a * b; });
        const auto concatenate = [](const std::string& a, const std::string& b) { return a + b; };
        for (const std::size_t n : {1U, 500U, 100'000U}) check([n](int i) { return std::string(n, letter(i)[0]); }, concatenate);
        const auto merge = [](Table a, const Table& b) {
            for (const auto& [name, values] : b) a[name].insert(a[name].end(), values.begin(), values.end());
            return a;
        };
        check([](int i) { return Table{{"all", {1.0 * i}}, {letter(i), numbers(i)}}; }, merge);
        const auto first = [](int count) {  // two alive, with what each has captured
            return [count](const std::string& a, const std::string& b) { return (a + b).substr(0, static_cast<std::size_t>(count)); };
        };
        const auto two = first(2), three = first(3);
        check(letter, two);
        check(letter, three);
        check(letter, two);
        // a reference to one of its arguments, of a function that has a state
        int calls = 0;
        const auto longer = [&calls](const std::string& a, const std::string& b) -> const std::string& {
            return ++calls, a.size() < b.size() ? b : a;
        };
        check([](int i) { return std::string(static_cast<std::size_t>(i % 2 == 0 ? i : 20'000), 'x'); }, longer);
        CHECK((size == 1 || calls > 0));
        check([](int i) { return Money{i}; }, [](const Money& a, const Money& b) -> const Money& { return a.cents < b.cents ? b : a; });
    });
}

TEST_CASE("Comm::scatter and alltoall refuse a wrong number of objects on every process", "[object][collective][error]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        const auto n = static_cast<std::size_t>(comm.size());
        for (const std::size_t wrong : {n - 1, n + 1}) {
            const std::vector<std::string> objects(comm.rank() == root ? wrong : n, "text");
            const std::string number =
                comm.rank() == root ? std::to_string(wrong) + " objects for " + std::to_string(n) + " processes" : "another process";
            const std::string scattered = thrown<std::invalid_argument>([&] { (void)comm.scatter(objects, root); });
            CHECK(contains(scattered, "scatter"));
            CHECK(contains(scattered, number));
            const std::string exchanged = thrown<std::invalid_argument>([&] { (void)comm.alltoall(objects); });
            CHECK(contains(exchanged, "alltoall"));
            CHECK(contains(exchanged, number));
            CHECK(contains(exchanged, "test_object_collective.cpp:"));
        }
        CHECK(comm.allgather(comm.rank()).size() == n);  // all goes on
        CHECK(comm.alltoall(std::vector<int>(n, comm.rank())).back() == comm.size() - 1);
        CHECK(comm.scatter(std::vector<std::string>(n, letter(root)), root) == letter(root));
    });
}

TEST_CASE("Collectives of objects report a root that does not exist", "[object][collective][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (const int root : {-7, comm.size()}) {
            const auto refuses = [](auto f) {
                try {
                    f();
                    return false;
                } catch (const MPI::Exception& e) {
                    return e.Get_error_class() == MPI::ERR_ROOT;
                }
            };
            CHECK(refuses([&] { (void)comm.bcast(1, root); }));
            CHECK(refuses([&] { (void)comm.gather(1, root); }));
            CHECK(refuses([&] { (void)comm.scatter(std::vector<int>{1}, root); }));
            CHECK(refuses([&] { (void)comm.reduce(1, MPI::SUM, root); }));
            CHECK(refuses([&] { (void)comm.reduce(std::string(), MPI::SUM, root); }));
        }
        CHECK(comm.bcast(3) == 3);
    });
}

TEST_CASE("An operation that throws on some processes throws on all, with its words", "[object][collective][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank(), size = comm.size();
        for (const std::size_t n : {1U, 1'000U, 20'000U})
            for (int culprit = 1; culprit < size; ++culprit) {
                const auto join = [&](const std::string& a, const std::string& b) {
                    if ((a + b).find(letter(culprit)) != std::string::npos)
                        throw std::runtime_error("no " + letter(culprit));
                    return a + b;
                };
                const std::string mine(n, letter(rank)[0]);
                const auto fails = [&](const char* form, auto f) {
                    INFO(form);
                    CHECK(contains(thrown<std::exception>(f), "no " + letter(culprit)));
                };
                for (int root = 0; root < size; ++root) fails("reduce", [&] { (void)comm.reduce(mine, join, root); });
                fails("allreduce", [&] { (void)comm.allreduce(mine, join); });
                fails("scan", [&] { (void)comm.scan(mine, join); });
                if (culprit < size - 1)  // else nobody combines it
                    fails("exscan", [&] { (void)comm.exscan(mine, join); });
                fails("iallreduce", [&] { (void)comm.iallreduce(mine, join).wait(); });
                auto reduced = comm.ireduce(mine, join, size - 1);
                if (rank == size - 1)
                    fails("ireduce", [&] { (void)reduced.wait(); });
                else
                    CHECK_FALSE(reduced.wait().has_value());
                // one process alone
                const auto choosy = [&](const std::string& a, const std::string& b) {
                    if (rank == 0)
                        throw 7;
                    return a + b;
                };
                const std::string text = thrown<std::exception>([&] {
                    try {
                        (void)comm.allreduce(mine, choosy);
                    } catch (int) {
                        CHECK(rank == 0);
                        throw std::runtime_error("rank 0 threw");
                    }
                });
                CHECK(contains(text, "rank 0 threw"));
                CHECK(comm.allreduce(letter(rank)) == comm.allgather(letter(rank)).front() + comm.allreduce(letter(rank)).substr(1));
            }
    });
}

namespace {

struct Unpackable {  // on the process that says so
    int rank = 0;
    std::string text = "no datatype";
    template <class Archive> void save(Archive& archive) const {
        if (rank == 1)
            throw std::runtime_error("not for sending");
        archive(rank, text);
    }
    template <class Archive> void load(Archive& archive) { archive(rank, text); }
};

}  // namespace

TEST_CASE("A combined object that cannot be packed is told to all processes", "[object][collective][error]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() < 3)  // a tree
        return;
    const auto first = [](const Unpackable& a, const Unpackable&) { return a; };
    CHECK(contains(thrown<std::exception>([&] { (void)comm.reduce(Unpackable{comm.rank(), ""}, first); }), "not for sending"));
    CHECK(comm.allreduce(1) == comm.size());
}

TEST_CASE("An object that cannot be packed is told to all that wait for it", "[object][collective][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size(), culprit = size - 1;
        const bool is_culprit = comm.rank() == culprit, is_root = comm.rank() == 0;
        for (const std::size_t n : {1U, 100'000U}) {
            const Unpackable good{0, std::string(n, 'a')}, mine = is_culprit ? Unpackable{1, ""} : good;
            std::vector<Unpackable> each(static_cast<std::size_t>(size), good);
            each.front() = mine;
            const auto fails = [](const char* form, bool waits, auto f) {
                INFO(form);
                CHECK(contains(thrown<std::exception>(f), "not for sending") == waits);
            };
            fails("bcast", true, [&] { (void)comm.bcast(mine, culprit); });
            fails("ibcast", true, [&] { (void)comm.ibcast(mine, culprit).wait(); });
            fails("gather", is_root || is_culprit, [&] { (void)comm.gather(mine, 0); });
            fails("igather", is_root || is_culprit, [&] { (void)comm.igather(mine, 0).wait(); });
            fails("scatter", true, [&] { (void)comm.scatter(each, culprit); });
            fails("allgather", true, [&] { (void)comm.allgather(mine); });
            fails("iallgather", true, [&] { (void)comm.iallgather(mine).wait(); });
            fails("alltoall", true, [&] { (void)comm.alltoall(each); });
            fails("scan", true, [&] { (void)comm.scan(mine, [](const Unpackable& a, const Unpackable&) { return a; }); });
            const auto ring = comm.Create_cart({size}, {true});
            const bool is_neighbor = comm.rank() == (culprit + 1) % size || (comm.rank() + 1) % size == culprit;
            CHECK(thrown<std::exception>([&] { (void)ring.neighbor_allgather(mine); }).empty() == !(is_culprit || is_neighbor));
            CHECK(comm.allgather(good).size() == each.size());
        }
    });
}

TEST_CASE("Comm::ibcast of an object that cannot be copied throws in wait, and all take part", "[object][collective][error]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        const bool here = comm.rank() == root;
        const Job job;
        auto refused = comm.ibcast(job, root);
        CHECK(contains(thrown<std::exception>([&] { (void)refused.wait(); }), "no number"));
        const Single single;
        auto sent = comm.ibcast(single, root);
        std::string name;
        CHECK(thrown<std::runtime_error>([&] { name = sent.wait().name; }) == (here ? "no second one" : ""));
        CHECK(name == (here ? "" : "single"));
        CHECK(comm.allreduce(1) == comm.size());
    });
}

TEST_CASE("A process without memory for the objects of a collective throws, and the others go on", "[object][collective][error]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int size = comm.size(), poor = size - 1;
    if (size == 1)
        return;
    const bool is_poor = comm.rank() == poor;
    const auto try_with = [&](const char* form, std::size_t too_large, auto f) {
        INFO(form);
        std::optional<RefusedMemory> refused;
        if (is_poor)
            refused.emplace(too_large);
        CHECK(contains(thrown<MPI::Exception>(f), "no memory") == is_poor);
        refused.reset();
        CHECK(comm.bcast(comm.rank() == 0 ? std::string("next") : "") == "next");
        CHECK(comm.allgather(letter(comm.rank())).back() == letter(poor));
    };
    const auto try_all = [&](const auto& large) {
        using T = std::remove_cvref_t<decltype(large)>;
        const T mine = is_poor ? T() : large;
        std::vector<T> each(static_cast<std::size_t>(size));
        each.back() = mine;
        const std::size_t limit = 17'000'000;  // more than the library keeps for the next objects
        try_with("gather", limit, [&] { (void)comm.gather(mine, poor); });
        try_with("igather", limit, [&] { (void)comm.igather(mine, poor).wait(); });
        try_with("allgather", limit, [&] { (void)comm.allgather(mine); });
        try_with("scatter", limit, [&] { (void)comm.scatter(each, 0); });
        try_with("alltoall", limit, [&] { (void)comm.alltoall(each); });
        try_with("ibcast", limit, [&] { (void)comm.ibcast(mine, 0).wait(); });
    };
    try_all(std::vector<double>(2'200'000, 1.5));
    try_all(std::vector<std::string>(300, std::string(60'000, 't')));  // without blocks
    const auto try_bcast = [&](const auto& large) {
        using T = std::remove_cvref_t<decltype(large)>;
        try_with("bcast", 68'000'000, [&] {  // more than one message of a bcast
            const T got = comm.bcast(comm.rank() == 0 ? large : T(), 0);
            CHECK(got == large);
        });
    };
    try_bcast(std::vector<double>(9'000'000, 1.5));
    try_bcast(std::pair(std::vector<std::string>(1200, std::string(60'000, 't')), std::vector<double>(20'000, 2.5)));
}

TEST_CASE("A reduction of objects of two types throws on all processes", "[object][collective][error]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() == 1)
        return;
    const auto reduce = [&] {
        if (comm.rank() == 1)
            (void)comm.reduce(std::string("a"));
        else
            (void)comm.reduce(Named{"a"});
    };
    CHECK_FALSE(thrown<std::exception>(reduce).empty());
    CHECK(comm.allreduce(1) == comm.size());
}
