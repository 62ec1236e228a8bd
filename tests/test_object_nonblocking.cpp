// Nonblocking collectives of objects: each gives what its blocking twin gives, and any number can be under way.
#include "catch.hpp"
#include "support.hpp"

#include <cereal/types/map.hpp>
#include <cereal/types/utility.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using Numbers = std::vector<double>;
using Table = std::map<std::string, Numbers>;

template <class F> void for_each_root(F f) {
    for_each_comm([&](const MPI::Intracomm& comm) {
        for (int root = 0; root < comm.size(); ++root) f(comm, root);
    });
}

/// Those of `rank` where all have `n`, or with different numbers a rank, some of which need more than a slot.
Numbers numbers(int rank, std::size_t n) { return Numbers(n + static_cast<std::size_t>(rank % 2) * 3 * n, rank + 0.5); }

/// Starts the `kind`th of the nonblocking collectives, with objects of `n` numbers; returns what waits for it and tells whether
/// it has given what it should.
std::function<bool()> start(const MPI::Intracomm& comm, int kind, std::size_t n) {
    const int size = comm.size(), rank = comm.rank(), root = kind % size;
    const auto request = [](auto started, auto is_right) {
        const auto shared = std::make_shared<decltype(started)>(std::move(started));
        return [shared, is_right] { return is_right(shared->wait()); };
    };
    const auto all = [size, n] {
        std::vector<Numbers> result;
        for (int i = 0; i < size; ++i) result.push_back(numbers(i, n));
        return result;
    };
    const auto joined = [size, n] { return std::string(n * static_cast<std::size_t>(size), 'x'); };
    switch (kind % 8) {
    case 0: {
        const auto shared = std::make_shared<MPI::Request>(comm.ibarrier());
        return [shared] { return shared->Wait(), true; };
    }
    case 1: return request(comm.ibcast(numbers(rank, n), root), [root, n](const Numbers& got) { return got == numbers(root, n); });
    case 2:
        return request(comm.igather(numbers(rank, n), root),
                       [=](const std::vector<Numbers>& got) { return got == (rank == root ? all() : std::vector<Numbers>()); });
    case 3:
        return request(comm.iscatter(rank == root ? all() : std::vector<Numbers>(), root),
                       [rank, n](const Numbers& got) { return got == numbers(rank, n); });
    case 4: return request(comm.iallgather(numbers(rank, n)), [all](const std::vector<Numbers>& got) { return got == all(); });
    case 5:
        return request(comm.ialltoall(std::vector<Numbers>(static_cast<std::size_t>(size), numbers(rank, n))),
                       [all](const std::vector<Numbers>& got) { return got == all(); });
    case 6:
        return request(comm.ireduce(std::string(n, 'x'), MPI::SUM, root),
                       [=](const std::optional<std::string>& got) { return rank == root ? got == joined() : !got; });
    default: return request(comm.iallreduce(std::string(n, 'x')), [joined](const std::string& got) { return got == joined(); });
    }
}

}  // namespace

TEST_CASE("Each nonblocking collective of objects gives what its blocking twin gives", "[object][nonblocking]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        comm.ibarrier().Wait();
        const auto size = static_cast<std::size_t>(comm.size());
        for (const std::size_t n : {0U, 1U, 57U, 58U, 59U, 60U, 1'100U, 9'000U}) {  // around a slot, 8 KiB and a block
            const Numbers mine = numbers(comm.rank(), n);
            CHECK((comm.ibcast(mine, root).wait() == comm.bcast(mine, root)));
            CHECK((comm.igather(mine, root).wait() == comm.gather(mine, root)));
            CHECK((comm.iallgather(mine).wait() == comm.allgather(mine)));
            std::vector<Numbers> parts;
            for (std::size_t i = 0; i < size; ++i) parts.push_back(numbers(comm.rank() + static_cast<int>(i), n));
            CHECK((comm.iscatter(parts, root).wait() == comm.scatter(parts, root)));
            CHECK((comm.ialltoall(parts).wait() == comm.alltoall(parts)));
            const Table table{{letter(comm.rank()), mine}, {"z", {1}}};
            CHECK((comm.ibcast(table, root).wait() == comm.bcast(table, root)));
            CHECK((comm.igather(table, root).wait() == comm.gather(table, root)));
            const std::string text(8 * n, letter(comm.rank())[0]);
            CHECK((comm.ireduce(text, MPI::SUM, root).wait() == comm.reduce(text, MPI::SUM, root)));
            CHECK((comm.iallreduce(text).wait() == comm.allreduce(text)));
            CHECK((comm.iallreduce(text, MPI::MAX).wait() == comm.allreduce(text, MPI::MAX)));
        }
        CHECK(comm.ireduce(comm.rank(), MPI::SUM, root).wait() == comm.reduce(comm.rank(), MPI::SUM, root));
        CHECK(comm.iallreduce(comm.rank(), MPI::BOR).wait() == comm.allreduce(comm.rank(), MPI::BOR));
        CHECK(comm.ibcast("a literal", root).wait() == "a literal");
        CHECK(comm.igather("text", root).wait().size() == (comm.rank() == root ? size : 0));
    });
}

TEST_CASE("Nonblocking collectives take large objects", "[object][nonblocking]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    for (int kind = 0; kind < 8; ++kind) {
        INFO(kind);
        CHECK(start(comm, kind, 1U << 17)());  // 1 MiB and more each
    }
}

TEST_CASE("Ten collectives are under way at once and complete in any order", "[object][nonblocking]") {
    const unsigned seed = MPI::COMM_WORLD.bcast(std::random_device{}());
    INFO("seed " << seed);
    for_each_comm([seed](const MPI::Intracomm& comm) {
        std::mt19937 random(seed);  // the same on every process
        for (int round = 0; round < 4; ++round) {
            std::vector<std::function<bool()>> waits;
            for (int i = 0; i < 10; ++i) {
                const std::size_t n = std::array<std::size_t, 5>{1, 20'000, 60, 1'500, 0}[static_cast<std::size_t>(i + round) % 5];
                waits.push_back(start(comm, round * 3 + i, n));
            }
            std::vector<std::size_t> order(waits.size());
            std::iota(order.begin(), order.end(), 0U);
            if (round == 1)
                std::reverse(order.begin(), order.end());
            if (round > 1)
                std::shuffle(order.begin(), order.end(), random);
            for (const std::size_t i : order) {
                INFO("round " << round << ", collective " << i);
                CHECK(waits[i]());
            }
        }
    });
}

TEST_CASE("Nonblocking collectives of one type complete together", "[object][nonblocking]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        std::vector<MPI::ObjectRequest<std::vector<std::string>>> requests;
        for (const std::size_t n : {3U, 100'000U, 600U}) requests.push_back(comm.iallgather(std::string(n, letter(comm.rank())[0])));
        const auto all = decltype(requests)::value_type::waitall(requests);
        for (const auto& texts : all) {
            CHECK(texts.size() == size);
            for (std::size_t i = 0; i < texts.size(); ++i) CHECK(texts[i][0] == letter(static_cast<int>(i))[0]);
        }
        auto one = comm.iallgather(comm.rank());
        std::optional<std::vector<int>> ranks;
        while (!ranks) ranks = one.test();
        CHECK(ranks->back() == comm.size() - 1);
        std::vector<std::string> all_texts;
        std::string text;
        std::vector<MPI::Request> mixed;
        mixed.push_back(comm.ibarrier());
        mixed.push_back(comm.iallgather(std::string(20'000, 'x')).into(all_texts));
        mixed.push_back(comm.isend(std::string(100'000, 'y'), right_of(comm)));
        mixed.push_back(comm.irecv_into(text, left_of(comm)));
        MPI::Request::Waitall(mixed);
        CHECK(all_texts == std::vector<std::string>(size, std::string(20'000, 'x')));
        CHECK(text == std::string(100'000, 'y'));
        CHECK(std::all_of(mixed.begin(), mixed.end(), [](const MPI::Request& request) { return request.is_null(); }));
    });
}

TEST_CASE("Receives from anywhere do not see what collectives send", "[object][nonblocking]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        auto object = comm.irecv<std::string>(MPI::ANY_SOURCE, MPI::ANY_TAG);
        int number = -1;
        MPI::Request buffer = comm.Irecv(number, MPI::ANY_SOURCE, MPI::ANY_TAG);
        std::vector<std::function<bool()>> waits;
        for (int kind = 0; kind < 8; ++kind)
            if (kind != 5 || comm.size() > 1)  // MPICH 4.0's Ialltoall of one process sends to whoever receives from anywhere
                waits.push_back(start(comm, kind, kind % 2 == 0 ? 30'000 : 3));
        CHECK_FALSE(object.test().has_value());
        for (const auto& wait : waits) CHECK(wait());
        CHECK(comm.allgather(std::string(100'000, 'x')).size() == static_cast<std::size_t>(comm.size()));
        CHECK((comm.bcast(Numbers(20'000)) == Numbers(20'000)));
        CHECK_FALSE(object.test().has_value());
        CHECK_FALSE(buffer.Test());
        const auto gathered = start(comm, 4, 30'000), reduced = start(comm, 7, 30'000);  // around a message
        const int mine = comm.rank();
        comm.Barrier();
        MPI::Request first = comm.isend(std::string(150'000, letter(mine)[0]), right_of(comm), 5);
        CHECK(reduced());
        CHECK(object.wait() == std::string(150'000, letter(left_of(comm))[0]));
        MPI::Request second = comm.Isend(mine, right_of(comm), 6);
        buffer.Wait();
        CHECK(number == left_of(comm));
        CHECK(gathered());
        first.wait();
        second.Wait();
    });
}

TEST_CASE("Nonblocking collectives that are dropped leave the next alone", "[object][nonblocking]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        for (const std::size_t n : {2U, 100U, 20'000U}) {
            for (int kind = 0; kind < 8; ++kind) (void)start(comm, kind, n);
            auto request = comm.igather(Numbers(n, 1.0), root);
            (void)request.Get_status();
            request = {};
            CHECK((comm.allgather(numbers(comm.rank(), n)).front() == numbers(0, n)));
            CHECK(start(comm, 3, n)());
        }
        comm.Barrier();
    });
}

TEST_CASE("Nonblocking collectives outlive their communicator's handle", "[object][nonblocking]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    for (const std::size_t n : {2U, 20'000U}) {
        MPI::Intracomm copy = world.Dup();
        auto request = copy.iallgather(numbers(world.rank(), n));
        copy.Free();
        CHECK((request.wait().back() == numbers(world.size() - 1, n)));
    }
}

TEST_CASE("Nonblocking collectives refuse a wrong number of objects on every process", "[object][nonblocking][error]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        const auto n = static_cast<std::size_t>(comm.size());
        for (const std::size_t wrong : {std::size_t{0}, n - 1, n + 1}) {
            for (const std::size_t length : {3U, 3'000U}) {
                const std::vector<std::string> objects(comm.rank() == root ? wrong : n, std::string(length, 'x'));
                auto scatter = comm.iscatter(objects, root);
                auto alltoall = comm.ialltoall(objects);
                auto after = comm.iallgather(std::string(length, 'y'));
                CHECK(after.wait() == std::vector<std::string>(n, std::string(length, 'y')));
                CHECK(contains(thrown<std::invalid_argument>([&] { (void)alltoall.wait(); }), "alltoall"));
                CHECK(contains(thrown<std::invalid_argument>([&] { (void)scatter.wait(); }), "scatter"));
                CHECK(scatter.is_null());
                auto dropped = comm.ialltoall(objects);
            }
        }
        CHECK(comm.ialltoall(std::vector<int>(n, comm.rank())).wait().back() == comm.size() - 1);
    });
}

TEST_CASE("Nonblocking collectives tell of a type that is not that of the others", "[object][nonblocking][error]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        for (const std::size_t n : {3U, 1'000U, 20'000U}) {
            if (comm.rank() == root)
                CHECK((comm.ibcast(Numbers(n), root).wait() == Numbers(n)));
            else
                CHECK(contains(thrown<MPI::Exception>([&] { (void)comm.ibcast(1, root).wait(); }), "is a std::vector<double>, not a int"));
            const std::string text = thrown<MPI::Exception>([&] {
                if (comm.rank() == root)
                    (void)comm.iallgather(std::string(n, 'x')).wait();
                else
                    (void)comm.iallgather(Numbers(n)).wait();
            });
            CHECK(text.empty() == (comm.size() == 1));
            CHECK((comm.iallgather(Numbers(n)).wait().back() == Numbers(n)));
        }
    });
}

TEST_CASE("Nonblocking collectives go on while processes sit in a barrier", "[object][nonblocking][progress]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        for (const std::size_t n : {3U, 2'000U, 100'000U}) {
            std::vector<std::function<bool()>> waits;
            for (int kind = 0; kind < 8; ++kind) waits.push_back(start(comm, kind, n));
            if (comm.rank() != root)
                comm.Barrier();  // which it leaves only when the root is done
            for (const auto& wait : waits) CHECK(wait());
            if (comm.rank() == root)
                comm.Barrier();
        }
    });
}

TEST_CASE("Nonblocking reductions combine in the order of ranks, by a copy of any function", "[object][nonblocking]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        const int rank = comm.rank(), size = comm.size();
        const auto with = [size](const std::string& between) {
            std::string list = letter(0);
            for (int i = 1; i < size; ++i) list += between + letter(i);
            return list;
        };
        // two alive, whose functions have gone
        const auto joining = [&](std::string between) {
            return comm.iallreduce(letter(rank), [between](const std::string& a, const std::string& b) { return a + between + b; });
        };
        auto commas = joining(", "), dashes = joining(std::string(100, '-'));
        CHECK(dashes.wait() == with(std::string(100, '-')));
        // an operation that has gone, and another that takes its place
        auto sum = comm.iallreduce(rank + 1, MPI::Op::Create<int>([](int a, int b) { return a + b; }));
        auto factorial = comm.ireduce(rank + 1, MPI::Op::Create<int>([](int a, int b) { return a * b; }), root);
        const MPI::Op other = MPI::Op::Create<int>([](int, int) { return -7; });
        CHECK(sum.wait() == size * (size + 1) / 2);
        const int factorials[] = {1, 1, 2, 6, 24};
        CHECK(factorial.wait() == (rank == root ? std::optional<int>(factorials[size]) : std::nullopt));
        CHECK(commas.wait() == with(", "));

        const auto merge = [](Table a, const Table& b) {
            for (const auto& [name, values] : b) a[name].insert(a[name].end(), values.begin(), values.end());
            return a;
        };
        Table expected;
        for (int i = 0; i < size; ++i) {
            expected["all"].push_back(i);
            expected[letter(i)] = numbers(i, 3'000);
        }
        const auto merged = comm.ireduce(Table{{"all", {1.0 * rank}}, {letter(rank), numbers(rank, 3'000)}}, merge, root).wait();
        CHECK(merged.has_value() == (rank == root));
        if (merged)
            CHECK((*merged == expected));

        const auto matrix = [](int i) { return Matrix{1, i + 1, i, 2}; };
        const auto multiply = [](const Matrix& a, const Matrix& b) { return a * b; };
        Matrix product = matrix(0);
        for (int i = 1; i < size; ++i) product = product * matrix(i);
        CHECK(comm.iallreduce(matrix(rank), multiply).wait() == product);
        const auto reduced = comm.ireduce(matrix(rank), multiply, root).wait();
        CHECK((rank == root ? reduced == product : !reduced));

        const auto longer = [](const std::string& a, const std::string& b) -> const std::string& { return a.size() < b.size() ? b : a; };
        CHECK(comm.iallreduce(std::string(static_cast<std::size_t>(rank * 1'000), 'x'), longer).wait().size() ==
              static_cast<std::size_t>((size - 1) * 1'000));
        CHECK(comm.iallreduce(std::pair(rank, letter(rank)), MPI::MAXLOC).wait() == std::pair(size - 1, letter(size - 1)));
    });
}
