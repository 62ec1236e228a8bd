#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <climits>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// Whether the MPI and the function object make the same of `x(rank)` for all ranks.
template <class T, class Predefined, class F> bool agrees(const MPI::Intracomm& comm, const Predefined& op, F x) {
    const T mine = x(0 + comm.rank());
    T result{}, expected = x(0);
    comm.Allreduce(mine, result, op);
    for (int i = 1; i < comm.size(); ++i) expected = op(expected, x(i));
    return result == expected;
}

template <class T> void check_arithmetic(const MPI::Intracomm& comm) {
    const auto x = [](int rank) { return static_cast<T>((rank * 5) % 3 + 1); };
    CHECK(agrees<T>(comm, MPI::MAX, x));
    CHECK(agrees<T>(comm, MPI::MIN, x));
    CHECK(agrees<T>(comm, MPI::SUM, x));
    CHECK(agrees<T>(comm, MPI::PROD, x));
}

/// Checks MAX and MIN of numbers beyond the range of the signed type, in calls of every kind.
template <class T> void check_extremes(const MPI::Intracomm& comm) {
    constexpr T low = 1, high = std::numeric_limits<T>::max();
    const auto x = [](int rank) { return rank % 2 == 0 ? low : high; };
    CHECK(agrees<T>(comm, MPI::MAX, x));
    CHECK(agrees<T>(comm, MPI::MIN, x));
    const T mine = x(comm.rank()), most = comm.size() > 1 ? high : low;
    CHECK(comm.allreduce(mine, MPI::MAX) == most);
    CHECK(comm.iallreduce(mine, MPI::MAX).wait() == most);
    T result{};
    comm.Scan(mine, result, MPI::MAX);
    CHECK(result == (comm.rank() > 0 ? high : low));
    comm.Iallreduce(mine, result, MPI::MIN).Wait();
    CHECK(result == low);
    MPI::Prequest persistent = comm.Allreduce_init(mine, result, MPI::MAX);
    persistent.Start();
    persistent.Wait();
    CHECK(result == most);
    // more than fit one instruction
    std::vector<T> in(37, low), inout(37, high);
    MPI::MIN.Reduce_local(in, inout);
    CHECK(inout == in);
    const MPI::Op& op = MPI::MAX;
    CHECK(op(low, high) == high);
    CHECK(op(high, low) == high);
}

template <class T> void check_bits(const MPI::Intracomm& comm) {
    const auto x = [](int rank) { return static_cast<T>(0x55 << (rank % 2)); };
    CHECK(agrees<T>(comm, MPI::BAND, x));
    CHECK(agrees<T>(comm, MPI::BOR, x));
    CHECK(agrees<T>(comm, MPI::BXOR, x));
    const auto y = [](int rank) { return static_cast<T>(rank % 2); };
    CHECK(agrees<T>(comm, MPI::LAND, y));
    CHECK(agrees<T>(comm, MPI::LOR, y));
    CHECK(agrees<T>(comm, MPI::LXOR, y));
}

/// Ops that add `i + 1` times what the plain sum would: each shows whether it is its own function that is called.
std::vector<MPI::Op> make_ops(int count) {
    std::vector<MPI::Op> ops;
    for (int i = 0; i < count; ++i) ops.push_back(MPI::Op::Create<int>([i](int a, int b) { return a + b + i; }, true));
    return ops;
}

/// Whether each of `ops`, made by `make_ops`, still does its own.
bool each_does_its_own(const MPI::Intracomm& comm, const std::vector<MPI::Op>& ops) {
    int wrong = 0;
    for (std::size_t i = 0; i < ops.size(); ++i) {
        const std::array mine{comm.rank(), 1};
        std::array<int, 2> result{};
        comm.Allreduce(mine, result, ops[i]);
        const int n = comm.size(), extra = (n - 1) * static_cast<int>(i);
        wrong += result == std::array{n * (n - 1) / 2 + extra, n + extra} ? 0 : 1;
    }
    return wrong == 0;
}

}  // namespace

TEST_CASE("Predefined operations are the MPI's", "[op]") {
    CHECK(MPI::MAX.handle() == MPI_MAX);
    CHECK(MPI::MIN.handle() == MPI_MIN);
    CHECK(MPI::SUM.handle() == MPI_SUM);
    CHECK(MPI::PROD.handle() == MPI_PROD);
    CHECK(MPI::LAND.handle() == MPI_LAND);
    CHECK(MPI::BAND.handle() == MPI_BAND);
    CHECK(MPI::LOR.handle() == MPI_LOR);
    CHECK(MPI::BOR.handle() == MPI_BOR);
    CHECK(MPI::LXOR.handle() == MPI_LXOR);
    CHECK(MPI::BXOR.handle() == MPI_BXOR);
    CHECK(MPI::MAXLOC.handle() == MPI_MAXLOC);
    CHECK(MPI::MINLOC.handle() == MPI_MINLOC);
    CHECK(MPI::REPLACE.handle() == MPI_REPLACE);
    CHECK(MPI::NO_OP.handle() == MPI_NO_OP);
    CHECK(MPI::SUM.is_plain());
    CHECK(MPI::SUM.Is_commutative());
    CHECK_FALSE(MPI::OP_NULL.is_plain());
    CHECK(MPI::OP_NULL.is_null());
}

TEST_CASE("A predefined operation does the same as handle and as function", "[op]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        check_arithmetic<int>(comm);
        check_arithmetic<unsigned char>(comm);
        check_arithmetic<long long>(comm);
        check_arithmetic<float>(comm);
        check_arithmetic<double>(comm);
        check_bits<int>(comm);
        check_bits<unsigned short>(comm);
        check_bits<unsigned long>(comm);
    });
    CHECK(MPI::REPLACE(1, 2) == 2);
    CHECK(MPI::NO_OP(1, 2) == 1);
    CHECK(MPI::SUM(std::string("a"), std::string("b")) == "ab");
    CHECK(MPI::MAX(std::string("a"), std::string("b")) == "b");
}

TEST_CASE("MAX and MIN compare unsigned integers as unsigned", "[op]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        check_extremes<unsigned char>(comm);
        check_extremes<unsigned short>(comm);
        check_extremes<unsigned>(comm);
        check_extremes<unsigned long>(comm);
        check_extremes<unsigned long long>(comm);
        check_extremes<std::uint8_t>(comm);
        check_extremes<std::uint16_t>(comm);
        check_extremes<std::uint32_t>(comm);
        check_extremes<std::uint64_t>(comm);
        check_extremes<char8_t>(comm);
        check_extremes<char16_t>(comm);
        check_extremes<char32_t>(comm);
    });
}

TEST_CASE("MAXLOC and MINLOC give the lowest location of a tie", "[op]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto check = [&]<class Value>(Value) {
            using Pair = std::pair<Value, int>;
            const auto tie = [&](int rank) { return Pair(static_cast<Value>(7), 100 - rank); };
            const auto differ = [&](int rank) { return Pair(static_cast<Value>(rank % 2), rank); };
            CHECK(agrees<Pair>(comm, MPI::MAXLOC, tie));
            CHECK(agrees<Pair>(comm, MPI::MINLOC, tie));
            CHECK(agrees<Pair>(comm, MPI::MAXLOC, differ));
            CHECK(agrees<Pair>(comm, MPI::MINLOC, differ));
            Pair result;
            comm.Allreduce(tie(comm.rank()), result, MPI::MAXLOC);
            CHECK(result == tie(comm.size() - 1));
        };
        check(short{});
        check(int{});
        check(long{});
        check(float{});
        check(double{});
        check(static_cast<long double>(0));
    });
}

TEST_CASE("An operation that captures keeps its own captures beside others", "[op]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::vector<MPI::Op> ops = make_ops(3);
        CHECK(each_does_its_own(comm, ops));
    });
}

TEST_CASE("Two hundred operations are alive at once", "[op]") {
    std::vector<MPI::Op> ops = make_ops(200);
    CHECK(each_does_its_own(MPI::COMM_WORLD, ops));
    SECTION("and nonblocking calls use them too") {
        const int mine = MPI::COMM_WORLD.rank();
        std::vector<int> results(ops.size());
        for (std::size_t i = 0; i < ops.size(); ++i) MPI::COMM_WORLD.Reduce(mine, results[i], ops[i], 0);
        const int n = MPI::COMM_WORLD.size();
        bool right = true;
        for (std::size_t i = 0; i < ops.size(); ++i) right = right && (mine != 0 || results[i] == n * (n - 1) / 2 + (n - 1) * static_cast<int>(i));
        CHECK(right);
    }
    SECTION("and those that are freed make room for others") {
        for (std::size_t i = 0; i < ops.size(); i += 3) ops[i].Free();
        for (std::size_t i = 0; i < ops.size(); i += 3)
            ops[i] = MPI::Op::Create<int>([i](int a, int b) { return a + b + static_cast<int>(i); }, true);
        CHECK(each_does_its_own(MPI::COMM_WORLD, ops));
    }
}

TEST_CASE("More operations than are alive at once can be made one after the other", "[op]") {
    bool right = true;
    for (int i = 0; i < 500; ++i) {
        const MPI::Op op = MPI::Op::Create<int>([i](int a, int b) { return std::max(a, b) + 0 * i; }, true);
        int result = -1;
        MPI::COMM_SELF.Allreduce(i, result, op);
        right = right && result == i;
    }
    CHECK(right);
}

TEST_CASE("Operands keep the order of ranks", "[op]") {
    const MPI::Op op = MPI::Op::Create<Affine>(compose);
    CHECK_FALSE(op.Is_commutative());
    for_each_comm([&](const MPI::Intracomm& comm) {
        const int last = comm.size() - 1, rank = comm.rank();
        const Affine mine = map_of(rank), all = composed(0, last + 1);
        Affine result{};
        comm.Allreduce(mine, result, op);
        CHECK(result == all);
        for (int root = 0; root <= last; ++root) {
            result = {};
            comm.Reduce(mine, result, op, root);
            CHECK(result == (rank == root ? all : Affine{}));
        }
        comm.Scan(mine, result, op);
        CHECK(result == composed(0, rank + 1));
        comm.Exscan(mine, result, op);
        if (rank > 0)
            CHECK(result == composed(0, rank));
        // many elements: other algorithms
        std::vector<Affine> long_mine(3000, mine), long_result(3000);
        comm.Allreduce(long_mine, long_result, op);
        CHECK(std::count(long_result.begin(), long_result.end(), all) == 3000);
        CHECK(comm.allreduce(mine, compose) == all);
        CHECK(comm.allreduce(mine, op) == all);
    });
}

TEST_CASE("An operation combines elements of several members", "[op]") {
    using Array = std::array<int, 2>;
    using Pair = std::pair<char, double>;
    const MPI::Op swap_add = MPI::Op::Create<Array>([](const Array& a, const Array& b) { return Array{a[0] + b[0], std::max(a[1], b[1])}; }, true);
    const MPI::Op later = MPI::Op::Create<Pair>([](const Pair& a, const Pair& b) { return Pair(b.first, a.second + b.second); });
    CHECK(swap_add.Is_commutative());
    for_each_comm([&](const MPI::Intracomm& comm) {
        const int n = comm.size(), rank = comm.rank();
        std::vector<Array> arrays(10, Array{rank, rank}), arrays_out(10);
        comm.Allreduce(arrays, arrays_out, swap_add);
        CHECK(arrays_out == std::vector<Array>(10, Array{n * (n - 1) / 2, n - 1}));
        Pair pair;
        comm.Allreduce(Pair(static_cast<char>('a' + rank), 1.5), pair, later);
        CHECK(pair == Pair(static_cast<char>('a' + n - 1), 1.5 * n));
    });
}

TEST_CASE("Elements that an operation is not for are refused, naming both types", "[op][error]") {
    const MPI::Op op = MPI::Op::Create<int>([](int a, int b) { return a + b; });
    double x = 1, y = 0;
    const std::string text = thrown<std::invalid_argument>([&] { MPI::COMM_SELF.Allreduce(x, y, op); });
    CHECK(text.find("Allreduce: the operation is on MPI_INT, the buffer holds MPI_DOUBLE") == 0);
    CHECK(thrown<std::invalid_argument>([&] { MPI::COMM_SELF.Reduce(x, y, op); }).find("Reduce: the operation is on MPI_INT") == 0);
    CHECK(thrown<std::invalid_argument>([&] { MPI::COMM_SELF.Scan(x, y, op); }).find("Scan: the operation is on MPI_INT") == 0);
    CHECK(thrown<std::invalid_argument>([&] { MPI::COMM_SELF.Exscan(x, y, op); }).find("Exscan: the operation is on MPI_INT") == 0);
    CHECK(y == 0);

    const MPI::Op affine = MPI::Op::Create<Affine>(compose);
    const std::string other = thrown<std::invalid_argument>([&] { MPI::COMM_SELF.Allreduce(x, y, affine); });
    CHECK(other.find("Affine, the buffer holds MPI_DOUBLE") != std::string::npos);
    const MPI::Op many[] = {MPI::Op::Create<Affine>(compose), MPI::Op::Create<Affine>(compose)};
    CHECK_THROWS_AS(MPI::COMM_SELF.Allreduce(x, y, many[1]), std::invalid_argument);
}

TEST_CASE("A null operation is refused", "[op][error]") {
    int x = 1, y = 0;
    CHECK(error_of_class(MPI::ERR_OP, [&] { MPI::COMM_SELF.Allreduce(x, y, MPI::OP_NULL); }).find("Allreduce: the operation is null") == 0);
    MPI::Op op = MPI::Op::Create<int>([](int a, int b) { return a + b; });
    op.Free();
    CHECK(error_class([&] { MPI::COMM_SELF.Allreduce(x, y, op); }) == MPI::ERR_OP);
    CHECK_THROWS_AS((void)MPI::OP_NULL.Is_commutative(), MPI::Exception);
}

TEST_CASE("A moved operation does what it did", "[op]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int calls = 0, result = 0;
        const int n = comm.size();
        MPI::Op first = MPI::Op::Create<int>([&calls](int a, int b) { return ++calls, a + b; });
        MPI::Op second = std::move(first);
        CHECK_FALSE(second.is_plain());
        comm.Allreduce(1, result, second);
        CHECK(result == n);
        first = MPI::Op::Create<int>([](int a, int b) { return a * b; });
        second = std::move(first);  // frees the sum
        calls = 0;
        comm.Allreduce(2, result, second);
        CHECK(result == 1 << n);
        CHECK(calls == 0);
        second = MPI::Op::borrow(MPI_SUM);
        CHECK(second.is_plain());
        comm.Allreduce(2, result, second);
        CHECK(result == 2 * n);
    });
}

TEST_CASE("An operation of the MPI's own can be taken and used", "[op]") {
    MPI_Op raw = MPI_OP_NULL;
    MPI_Op_create(
        [](void* in, void* inout, int* count, MPI_Datatype*) {
            for (int i = 0; i < *count; ++i) static_cast<int*>(inout)[i] += static_cast<int*>(in)[i];
        },
        0, &raw);
    const MPI::Op op = MPI::Op::take(raw);
    CHECK(op.is_plain());
    int result = 0;
    MPI::COMM_WORLD.Scan(2, result, op);
    CHECK(result == 2 * (MPI::COMM_WORLD.rank() + 1));
}

TEST_CASE("Op::Reduce_local combines two buffers of this process", "[op]") {
    const std::vector<int> a{1, 5, 3};
    std::vector<int> b{4, 2, 6};
    MPI::SUM.Reduce_local(a, b);
    CHECK(b == std::vector{5, 7, 9});
    MPI::MAX.Reduce_local({a.data(), 2}, {b.data(), 2});
    CHECK(b == std::vector{5, 7, 9});
    int offset = 100;
    const auto subtract = MPI::Op::Create<int>([offset](int p, int q) { return offset + p - q; });
    subtract.Reduce_local(a, b);  // the first is of lower ranks
    CHECK(b == std::vector{96, 98, 94});
    std::vector<int> none;
    MPI::SUM.Reduce_local(none, none);
    std::vector<MPI::Op> many;
    for (int i = 0; i < 100; ++i) many.push_back(MPI::Op::Create<int>([i](int p, int q) { return p + i * q; }));
    for (int i = 0; i < 100; ++i) {
        int x = 2;
        many[static_cast<std::size_t>(i)].Reduce_local(1, x);
        CHECK(x == 1 + 2 * i);
    }
}

TEST_CASE("Op::Reduce_local refuses what does not fit", "[op][error]") {
    std::vector<int> two(2), three(3);
    std::vector<double> numbers(2);
    const auto says = [](auto call, const std::string& text) { CHECK(contains(thrown<std::invalid_argument>(call), "Reduce_local: " + text)); };
    says([&] { MPI::SUM.Reduce_local(two, three); }, "inbuf has 2 elements, inoutbuf 3");
    says([&] { MPI::SUM.Reduce_local(two, numbers); }, "inbuf holds MPI_INT, inoutbuf MPI_DOUBLE");
    says([&] { MPI::SUM.Reduce_local({two.data(), -1}, {three.data(), -1}); }, "inbuf has a count of -1");
    says([&] { MPI::SUM.Reduce_local(two, two); }, "inbuf and inoutbuf are the same memory");
    says([&] { MPI::SUM.Reduce_local(MPI::IN_PLACE, two); }, "inbuf is IN_PLACE");
    CHECK(error_class([&] { MPI::OP_NULL.Reduce_local(two, two); }) == MPI::ERR_OP);
    const auto op = MPI::Op::Create<int>([](int p, int q) { return p + q; });
    CHECK_THROWS_AS(op.Reduce_local(numbers, numbers), std::invalid_argument);
    CHECK_THROWS_AS(MPI::BAND.Reduce_local(std::vector<double>(2), numbers), MPI::Exception);  // the MPI refuses
    double real = 0;
    CHECK(contains(thrown<MPI::Exception>([&] { MPI::COMM_SELF.Allreduce(1.0, real, MPI::BAND); }),
                   "; the operation does not work on elements of this type: "));
}

TEST_CASE("An Op is called like a function", "[op]") {
    CHECK(MPI::SUM(2, 3) == 5);
    CHECK(MPI::MAX(std::string("a"), std::string("b")) == "b");
    const MPI::Op& sum = MPI::SUM;  // which function it is, only the MPI knows
    CHECK(sum(2, 3) == 5);
    CHECK(sum(0.5, 0.25) == 0.75);
    const auto first = MPI::Op::Create<int>([](int p, int) { return p; });
    CHECK(first(7, 8) == 7);
    const MPI::Op borrowed = MPI::Op::borrow(MPI_PROD);
    CHECK(borrowed(6L, 7L) == 42);
    CHECK_THROWS_AS((void)first(1.5, 2.5), std::invalid_argument);
}

TEST_CASE("An Op tells whether it is predefined and commutes", "[op]") {
    for (const MPI::Op* op :
         std::initializer_list<const MPI::Op*>{&MPI::OP_NULL, &MPI::MAX, &MPI::MIN, &MPI::SUM, &MPI::PROD, &MPI::LAND, &MPI::BAND, &MPI::LOR,
                                               &MPI::BOR, &MPI::LXOR, &MPI::BXOR, &MPI::MAXLOC, &MPI::MINLOC, &MPI::REPLACE, &MPI::NO_OP})
        CHECK(op->is_predefined());
    CHECK(MPI::Op::borrow(MPI_SUM).is_predefined());
    CHECK(MPI::SUM.is_commutative());
    const auto op = MPI::Op::Create<int>([](int p, int) { return p; });
    CHECK_FALSE(op.is_predefined());
    CHECK_FALSE(op.is_commutative());
}

namespace {

/// Adds elements of whatever type, as a function in mpi4py would.
struct AddAny {
    int* calls;
    void operator()(const void* in, void* inout, MPI::Count count, const MPI::Datatype& type) const {
        ++*calls;
        if (type == MPI::DOUBLE)
            add<double>(in, inout, count);
        else if (type == MPI::INT)
            add<int>(in, inout, count);
        else  // pairs of int
            add<int>(in, inout, 2 * count);
    }
    template <class T> static void add(const void* in, void* inout, MPI::Count count) {
        const T* const a = static_cast<const T*>(in);
        T* const b = static_cast<T*>(inout);
        std::transform(a, a + count, b, b, std::plus<>());
    }
};

}  // namespace

TEST_CASE("Op::Create takes a function of arrays, for types that are known only when it runs", "[op]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int calls = 0;
        const MPI::Op op = MPI::Op::Create(AddAny{&calls}, true);
        const int n = comm.size(), sum = sum_to(n);
        std::vector<double> x(3, comm.rank()), y(3);
        std::vector<int> ranks(static_cast<std::size_t>(n), comm.rank());
        int part = -1, scanned = -1;
        comm.Allreduce(x, y, op);
        CHECK(y == std::vector<double>(3, sum));
        comm.Reduce_scatter_block(ranks, part, op);
        CHECK(part == sum);
        comm.Scan(comm.rank(), scanned, op);
        CHECK(scanned == sum_to(comm.rank() + 1));
        comm.Iallreduce(MPI::IN_PLACE, ranks, op).Wait();
        CHECK(ranks == std::vector<int>(static_cast<std::size_t>(n), sum));
        CHECK(comm.allreduce(1.5, op) == 1.5 * n);

        MPI::Datatype pair = MPI::INT.Create_contiguous(2);
        pair.Commit();
        const int mine[] = {1, comm.rank(), 2, comm.rank()};
        int all[4] = {};
        comm.Reduce({mine, 2, pair}, {all, 2, pair}, op);
        if (comm.rank() == 0)
            CHECK(std::vector<int>(all, all + 4) == std::vector<int>{n, sum, 2 * n, sum});
        CHECK((calls > 0 || n == 1));
        double result = 2;
        op.Reduce_local(1.0, result);
        CHECK(result == 3);
    });
}

TEST_CASE("Op::Create of a function of arrays keeps the order of ranks", "[op]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const MPI::Op op = MPI::Op::Create([](const void* in, void* inout, MPI::Count count, const MPI::Datatype&) {
        for (MPI::Count i = 0; i < count; ++i)
            static_cast<Affine*>(inout)[i] = compose(static_cast<const Affine*>(in)[i], static_cast<Affine*>(inout)[i]);
    });
    CHECK_FALSE(op.Is_commutative());
    Affine result{};
    world.Allreduce(map_of(world.rank()), result, op);
    CHECK(result == composed(world.size()));
}

TEST_CASE("Operations on any datatype that are too many at once are refused", "[op][error]") {
    const auto make = [] { return MPI::Op::Create([](const void*, void*, MPI::Count, const MPI::Datatype&) {}); };
    std::vector<MPI::Op> ops;
    const std::string text = thrown<MPI::Exception>([&] {
        for (int i = 0; i < 100; ++i) ops.push_back(make());
    });
    CHECK(contains(text, "more than 64 operations at once"));
    CHECK(ops.size() <= 64);
    ops.clear();
    CHECK_FALSE(make().is_null());
}
