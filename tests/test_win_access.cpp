#include "refused.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("Put writes and Get reads elements of the window", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        const MPI::Win win = MPI::Win::Allocate<int>(6, comm);
        for (int& x : win.span<int>()) x = -1;
        const int one = comm.rank();
        const std::vector<int> two{10 + one, 20 + one};
        win.Fence();
        win.Put(one, right);
        win.Put(two, right, 2);
        win.Put(std::span(two).first(1), right, 5);
        win.Put(one, MPI::PROC_NULL);
        win.Fence();
        const auto mine = win.span<int>();
        CHECK(std::vector(mine.begin(), mine.end()) == std::vector{left, -1, 10 + left, 20 + left, -1, 10 + left});
        std::array<int, 3> got{};
        win.Get(got, right, 1);
        win.Fence();
        CHECK(got == std::array{-1, 10 + one, 20 + one});
        win.Fence(MPI::MODE_NOSUCCEED);
    });
}

TEST_CASE("A target can be named by displacement, count and datatype", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        const MPI::Win win = MPI::Win::Allocate<double>(12, comm);
        for (double& x : win.span<double>()) x = 0;
        MPI::Datatype column = MPI::DOUBLE.Create_vector(3, 1, 4);
        column.Commit();
        const std::vector<double> sent(3, comm.rank() + 1);
        std::vector<std::byte> raw(8);
        win.Fence();
        win.Put(sent, right, {1, 1, column});
        win.Fence();
        for (std::size_t i = 0; i < 12; ++i) CHECK(win.span<double>()[i] == (i % 4 == 1 ? left + 1 : 0));
        win.Get(raw, right, {1, 8, MPI::BYTE});
        win.Fence();
        double value = 0;
        std::memcpy(&value, raw.data(), sizeof value);
        CHECK(value == comm.rank() + 1);
        refused("exceed the 12 that rank", [&] { win.Put(sent, right, {4, 1, column}); });
        refused("has 24 bytes of data, the target 16", [&] { win.Put(sent, right, {0, 2, MPI::DOUBLE}); });
        win.Fence();
    });
}

TEST_CASE("Shaped arrays are origins like those of Send", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        Eigen::Matrix<double, 3, 4> matrix;
        for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 4; ++j) matrix(i, j) = 100 * comm.rank() + 10 * i + j;
        const MPI::Win win = MPI::Win::Allocate<double>(8, comm);
        for (double& x : win.span<double>()) x = -1;
        const auto row = matrix.row(1);
        win.Fence();
        win.Put(row, right, 2);  // a stride of 3
        win.Fence();
        for (std::size_t j = 0; j < 4; ++j) CHECK(win.span<double>()[2 + j] == 100 * left + 10 + static_cast<double>(j));
        CHECK(win.span<double>()[1] == -1);
        CHECK(win.span<double>()[6] == -1);

        Eigen::Matrix<double, 3, 4> got = Eigen::Matrix<double, 3, 4>::Zero();
        auto into = got.row(2);
        win.Get(into, right, 2);
        win.Fence();
        CHECK(got.row(2) == row);
        CHECK(got.row(0).isZero());
        CHECK(got.row(1).isZero());
        {
            const auto epoch = win.lock_all();
            Eigen::Matrix<double, 3, 4> again = Eigen::Matrix<double, 3, 4>::Zero();
            auto to = again.row(0);
            win.Rget(to, right, 2).Wait();
            CHECK(again.row(0) == row);
        }
        comm.Barrier();
        refused("has gaps", [&] { win.Accumulate(row, right); });
    });
}

TEST_CASE("Accumulate combines element by element, from any number of processes", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size();
        const MPI::Win win = MPI::Win::Allocate<long>(4, comm);
        for (long& x : win.span<long>()) x = 1;
        const std::vector<long> each{comm.rank(), 2};
        const long top = comm.rank();
        win.Fence();
        for (int target = 0; target < size; ++target) {
            win.Accumulate(each, target);
            win.Accumulate(std::span(each).first(1), target, 2, MPI::MAX);
        }
        win.Fence();
        CHECK(win.span<long>()[0] == 1 + sum_to(size));
        CHECK(win.span<long>()[1] == 1 + 2 * size);
        CHECK(win.span<long>()[2] == std::max(1, size - 1));
        win.Accumulate(top, comm.rank(), 3, MPI::REPLACE);
        win.Fence();
        CHECK(win.span<long>()[3] == top);
    });
}

TEST_CASE("Arrays go into a window of their numbers, and accumulate", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<double>(6, comm);
        for (double& x : win.span<double>()) x = 0;
        const std::vector<std::array<double, 3>> points{{1, 2, 3}, {4, 5, 6}};
        win.Fence();
        win.Put(points, right_of(comm));
        win.Fence();
        win.Accumulate(points, right_of(comm));
        win.Fence();
        CHECK(win.span<double>()[5] == 12);
        win.Fence();
    });
}

TEST_CASE("A window of arrays accumulates arrays, number by number", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        using Point = std::array<double, 3>;
        using Block = double[2][3];
        const int right = right_of(comm);
        const MPI::Win win = MPI::Win::Allocate<Point>(3, comm);
        for (Point& point : win.span<Point>()) point = {1, 2, 3};
        const std::vector<Point> added{{1, 2, 3}, {4, 5, 6}};
        std::vector<Point> before(2), read(2);
        {
            const auto epoch = win.fence();
            win.Accumulate(added, right, 1);
            refused("exceed the 3 that rank", [&] { win.Accumulate(added, right, 2); });
        }
        CHECK(win.span<Point>()[0] == Point{1, 2, 3});
        CHECK(win.span<Point>()[1] == Point{2, 4, 6});
        CHECK(win.span<Point>()[2] == Point{5, 7, 9});
        comm.Barrier();
        {
            const auto epoch = win.lock_all();
            win.Get_accumulate(added, before, right, {1, 2}, MPI::MAX);
            epoch.flush();
            win.Get_accumulate({}, read, right, 1, MPI::NO_OP);
        }
        CHECK(before == std::vector<Point>{{2, 4, 6}, {5, 7, 9}});
        CHECK(read == before);

        const MPI::Win blocks = MPI::Win::Allocate<Block>(2, comm);
        for (double& x : std::span(&blocks.span<Block>()[0][0][0], 12)) x = 1;
        const Block block{{1, 2, 3}, {4, 5, 6}};
        {
            const auto epoch = blocks.fence();
            blocks.Accumulate({&block, 1}, right, 1);
        }
        CHECK(blocks.span<Block>()[0][1][2] == 1);
        CHECK(blocks.span<Block>()[1][1][2] == 7);
    });
}

TEST_CASE("A window of structs takes structs", "[win]") {
    struct Particle {
        double x;
        int id;
        bool operator==(const Particle&) const = default;
    };
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<Particle>(2, comm);
        const Particle sent{0.5, comm.rank()};
        Particle got{};
        win.Fence();
        win.Put(sent, right_of(comm), 1);
        win.Fence();
        CHECK(win.span<Particle>()[1] == Particle{0.5, left_of(comm)});
        win.Get(got, right_of(comm), 1);
        win.Fence();
        CHECK(got == sent);
        refused("origin holds ", [&] { win.Accumulate(sent, right_of(comm), 1); });
        refused("combine with Get and Put under an exclusive lock", [&] { win.Accumulate(sent, right_of(comm), 1); });
        win.Fence();
    });
}

TEST_CASE("A window of structs of a value and an int takes MINLOC and MAXLOC", "[win]") {
    struct Place {
        double value;
        int rank;
    };
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<Place>(2, comm);
        for (Place& place : win.span<Place>()) place = {1000, -1};
        const int last = comm.size() - 1;
        const Place mine{10.0 - comm.rank(), comm.rank()}, other{0.5, 7};
        win.Fence();
        win.Accumulate(mine, last, 1, MPI::MINLOC);
        win.Fence();
        Place found{}, before{};
        win.Get_accumulate(found, found, last, 1, MPI::NO_OP);
        win.Fence();
        CHECK(found.value == 10.0 - last);
        CHECK(found.rank == last);
        win.Fence();
        if (comm.rank() == 0)
            win.Fetch_and_op(other, before, last, 1, MPI::REPLACE);
        win.Fence(MPI::MODE_NOSUCCEED);
        CHECK(before.rank == (comm.rank() == 0 ? last : 0));
        CHECK((comm.rank() != last || (win.span<Place>()[1].rank == 7 && win.span<Place>()[0].rank == -1)));
    });
}

TEST_CASE("A pair is no integer of its size", "[win][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm);
        const MPI::Win longs = MPI::Win::Allocate<long>(2, comm), pairs = MPI::Win::Allocate<std::pair<long, int>>(2, comm);
        for (long& x : longs.span<long>()) x = 5;
        const std::pair<float, int> small{1.5F, 2};
        const std::pair<int, int> ints{1, 2};
        const std::pair<double, int> large{1.5, 2};
        const std::pair<long, int> fits{7, comm.rank()};
        longs.Fence();
        refused("elements of MPI_FLOAT_INT, the window of MPI_LONG", [&] { longs.Put(small, right); });
        refused("elements of MPI_2INT, the window of MPI_LONG", [&] { longs.Put(ints, right); });
        refused("elements of MPI_FLOAT_INT, the window of MPI_LONG", [&] { longs.Accumulate(small, right, 0, MPI::MINLOC); });
        longs.Fence(MPI::MODE_NOSUCCEED);
        CHECK(longs.span<long>()[0] == 5);
        pairs.Fence();
        refused("elements of MPI_DOUBLE_INT, the window of MPI_LONG_INT", [&] { pairs.Put(large, right); });
        refused("elements of MPI_DOUBLE_INT, the window of MPI_LONG_INT", [&] { pairs.Accumulate(large, right, 0, MPI::MAXLOC); });
        pairs.Put(fits, right, 1);
        pairs.Fence(MPI::MODE_NOSUCCEED);
        CHECK(pairs.span<std::pair<long, int>>()[1] == std::pair<long, int>{7, left_of(comm)});
    });
}

TEST_CASE("An operation combines no elements with a target of other ones", "[win][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm);
        const MPI::Win win = MPI::Win::Allocate<int>(4, comm);
        for (int& x : win.span<int>()) x = 1;
        comm.Barrier();
        const float one = 1.5F;
        const std::int32_t four = 4;
        float before = 0;
        const std::string text = "combine elements of MPI_FLOAT with a target of MPI_INT";
        {
            const auto epoch = win.lock_all();
            refused("Accumulate: the operation would " + text, [&] { win.Accumulate(one, right, {0, 1, MPI::INT}); });
            refused("Get_accumulate: the operation would " + text, [&] { win.Get_accumulate(one, before, right, {0, 1, MPI::INT}, MPI::MAX); });
            refused("Raccumulate: the operation would " + text, [&] { (void)win.Raccumulate(one, right, {0, 1, MPI::INT}); });
            refused("Rget_accumulate: the operation would " + text, [&] { (void)win.Rget_accumulate(one, before, right, {0, 1, MPI::INT}); });
            win.Accumulate({&four, 1, MPI::INT32_T}, right, {2, 1, MPI::INT});
        }
        comm.Barrier();
        CHECK(win.span<int>()[0] == 1);
        CHECK(win.span<int>()[2] == 5);
        comm.Barrier();
    });
}

TEST_CASE("An operation that is not for the elements is refused", "[win][error]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int right = right_of(comm);
    const auto refuses = [&](auto one, const MPI::Op& op) {
        using T = decltype(one);
        const MPI::Win win = MPI::Win::Allocate<T>(1, comm);
        T result{};
        const auto epoch = win.lock_all();
        refused("the operation does not work on elements of ", [&] { win.Accumulate(one, right, 0, op); });
        refused("Get_accumulate: the operation does not", [&] { win.Get_accumulate(one, result, right, 0, op); });
        refused("Fetch_and_op: the operation does not", [&] { win.Fetch_and_op(one, result, right, 0, op); });
        refused("Raccumulate: the operation does not", [&] { (void)win.Raccumulate(one, right, 0, op); });
        refused("Rget_accumulate: the operation does not", [&] { (void)win.Rget_accumulate(one, result, right, 0, op); });
    };
    refuses(1.0, MPI::BAND);
    refuses(1.0F, MPI::LOR);
    refuses(std::complex<double>(1), MPI::MAX);
    refuses(1, MPI::MINLOC);
    refuses(true, MPI::BXOR);
    refuses(std::byte{1}, MPI::PROD);
    refuses(std::byte{1}, MPI::SUM);
    refuses(L'a', MPI::SUM);
}

TEST_CASE("MAX of unsigned integers in a window is right, or is said to be missing", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<unsigned>(2, comm);
        for (unsigned& element : win.span<unsigned>()) element = 1;
        const unsigned high = 3000000000;
        unsigned before = 0;
        comm.Barrier();
        try {
            auto epoch = win.lock_all();
            win.Accumulate(high, right_of(comm), 0, MPI::MAX);
            win.Fetch_and_op(high, before, right_of(comm), 1, MPI::MAX);
            epoch.close();
            comm.Barrier();
            CHECK(before == 1);
            CHECK((win.span<unsigned>()[0] == high && win.span<unsigned>()[1] == high));
        } catch (const MPI::Exception& e) {
            CHECK(e.Get_error_class() == MPI::ERR_UNSUPPORTED_OPERATION);
            CHECK(contains(e.what(), "as if they were signed"));
        }
    });
}

namespace {

template <class T> void check_fetch(const MPI::Intracomm& comm) {
    const MPI::Win win = MPI::Win::Allocate<T>(1, comm);
    win.template span<T>()[0] = T{3};
    comm.Barrier();
    const T two{2};
    T before{};
    {
        const auto epoch = win.lock_all();
        win.Fetch_and_op(two, before, comm.rank());
        epoch.flush();
        CHECK(before == T{3});
        win.Fetch_and_op(two, before, comm.rank(), 0, MPI::NO_OP);
        epoch.flush();
        CHECK(before == T{5});
        win.Fetch_and_op(two, before, comm.rank(), 0, MPI::REPLACE);
    }
    const auto epoch = win.lock(comm.rank());
    CHECK(win.template span<T>()[0] == two);
}

}  // namespace

TEST_CASE("Fetch_and_op works on numbers of every size", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        check_fetch<std::int8_t>(comm);
        check_fetch<std::int16_t>(comm);
        check_fetch<std::int64_t>(comm);
        check_fetch<float>(comm);
        check_fetch<double>(comm);
        check_fetch<long double>(comm);
    });
}

TEST_CASE("Get_accumulate, Fetch_and_op and Compare_and_swap return what was there", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size();
        const MPI::Win win = MPI::Win::Allocate<int>(4, comm);
        for (int& x : win.span<int>()) x = 0;
        comm.Barrier();
        const int one = 1, mine = comm.rank() + 1, none = 0;
        int before = -1, first = -1;
        std::array<int, 2> pair{1, 10}, old{-1, -1};
        {
            const auto epoch = win.lock_all();
            win.Fetch_and_op(one, before, 0);
            win.Compare_and_swap(mine, none, first, 0, 1);
            win.Get_accumulate(pair, old, 0, 2);
            epoch.flush();
        }
        const std::vector<int> all = comm.allgather(before);
        int sum = 0;
        for (const int x : all) sum += x;
        CHECK(sum == sum_to(size));
        const std::vector<int> swapped = comm.allgather(first);
        CHECK(std::count(swapped.begin(), swapped.end(), 0) == 1);
        CHECK(old[1] == 10 * old[0]);
        comm.Barrier();
        int last = -1;
        std::array<int, 2> read{};
        {
            const auto epoch = win.lock(0, MPI::LOCK_SHARED);
            win.Fetch_and_op({}, last, 0, 0, MPI::NO_OP);
            win.Get_accumulate({}, read, 0, 2, MPI::NO_OP);
        }
        CHECK(last == size);
        CHECK(read == std::array{size, 10 * size});
        comm.Barrier();
    });
}

TEST_CASE("Origin and result of Get_accumulate may lie in memory in different ways", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Win win = MPI::Win::Allocate<int>(4, comm);
        for (int& x : win.span<int>()) x = 10;
        comm.Barrier();
        const MPI::Datatype two = MPI::INT.Create_vector(2, 1, 2).Commit();
        const MPI::Datatype one = MPI::INT.Create_contiguous(1).Commit();
        const std::array<int, 3> apart{1, 0, 2};
        const std::array<int, 2> together{3, 4};
        std::array<int, 2> got{};
        std::array<int, 3> spread{};
        int x = 0;
        double d = 0;
        {
            const auto epoch = win.lock(comm.rank());
            win.Get_accumulate({apart.data(), 1, two}, got, comm.rank(), {0, 2, MPI::INT});
            win.Get_accumulate(together, {spread.data(), 1, two}, comm.rank(), {2, 2, MPI::INT});
            epoch.flush();
            CHECK(got == std::array{10, 10});
            CHECK(spread == std::array{10, 0, 10});
            refused("Get_accumulate: origin has 8 bytes of data, result 4", [&] { win.Get_accumulate({apart.data(), 1, two}, x, comm.rank()); });
            refused("origin has 2 elements, result 1", [&] { win.Get_accumulate(together, x, comm.rank()); });
            refused("origin holds MPI_INT, result MPI_DOUBLE", [&] { win.Get_accumulate(together, d, comm.rank()); });
            refused("works on one number, the origin has 1 elements of", [&] { win.Fetch_and_op({apart.data(), 1, one}, x, comm.rank()); });
        }
        const auto epoch = win.lock(comm.rank());
        const auto mine = win.span<int>();
        CHECK(std::vector(mine.begin(), mine.end()) == std::vector{11, 12, 13, 14});
    });
}

TEST_CASE("Requests complete Rput, Rget, Raccumulate and Rget_accumulate", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm);
        const MPI::Win win = MPI::Win::Allocate<double>(3, comm);
        for (double& x : win.span<double>()) x = 1;
        comm.Barrier();
        {
            const auto epoch = win.lock_all();
            const double put = comm.rank(), add = 2;
            double got = -1, old = -1;
            win.Rput(put, right).Wait();
            win.Raccumulate(add, right, 1).Wait();
            epoch.flush(right);
            win.Rget(got, right, 1).Wait();
            CHECK(got == 3);
            std::vector<MPI::Request> requests;
            requests.push_back(win.Rget_accumulate(add, old, right, 2, MPI::PROD));
            MPI::Request::Waitall(requests);
            CHECK(old == 1);
        }
        comm.Barrier();
        CHECK(win.span<double>()[0] == left_of(comm));
        CHECK(win.span<double>()[2] == 2);
    });
}

TEST_CASE("An access that is not allowed is refused before MPI, with the line of the call", "[win][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), size = comm.size();
        const std::string of_right = "rank " + std::to_string(right);
        const MPI::Win win = MPI::Win::Allocate<int>(4, comm);
        int x = 0, y = 0;
        const double d = 0;
        const std::vector<int> five(5), nothing;
        refused("no epoch is open for " + of_right, [&] { win.Put(x, right); });
        refused("access.cpp:" + std::to_string(__LINE__), [&] { win.Put(x, right); });
        refused("no epoch is open", [&] { win.Get(x, right); });
        refused("no epoch is open", [&] { win.Accumulate(x, right); });
        refused("no epoch is open", [&] { win.Get_accumulate(x, y, right); });
        refused("no epoch is open", [&] { win.Fetch_and_op(x, y, right); });
        refused("no epoch is open", [&] { win.Compare_and_swap(x, x, y, right); });
        refused("work while the target is locked", [&] { (void)win.Rput(x, right); });
        win.Fence();
        refused("work while the target is locked", [&] { (void)win.Rget(x, right); });
        refused("work while the target is locked", [&] { (void)win.Raccumulate(x, right); });
        refused("work while the target is locked", [&] { (void)win.Rget_accumulate(x, y, right); });
        refused("rank " + std::to_string(size) + " in a window of " + std::to_string(size), [&] { win.Put(x, size); });
        refused("rank -5 in a window", [&] { win.Put(x, -5); });
        refused("1 elements of MPI_INT at displacement 4 exceed the 4 that " + of_right, [&] { win.Put(x, right, 4); });
        refused("at displacement -1", [&] { win.Get(x, right, -1); });
        refused("0 elements of MPI_INT at displacement -1", [&] { win.Put(nothing, right, -1); });
        win.Put(nothing, right, 99);
        refused("5 elements of MPI_INT at displacement 0 exceed the 4", [&] { win.Put(five, right); });
        refused("exceed the 4", [&] { win.Put(x, right, MPI::Aint{1} << 62); });
        refused("exceed the 4", [&] { win.Fetch_and_op(x, y, right, 4); });
        refused("exceed the 4", [&] { win.Compare_and_swap(x, x, y, right, 4); });
        refused("elements of MPI_DOUBLE, the window of MPI_INT", [&] { win.Put(d, right); });
        refused("has 4 bytes of data, the target 8", [&] { win.Put(x, right, {0, 2}); });
        const MPI::Op op = MPI::Op::Create<int>([](int a, int b) { return a + b; });
        refused("predefined operations only", [&] { win.Accumulate(x, right, 0, op); });
        refused("predefined operations only", [&] { win.Fetch_and_op(x, y, right, 0, op); });
        std::array<int, 2> two{}, others{};
        refused("works on one number", [&] { win.Fetch_and_op(two, others, right); });
        refused("origin and result are the same memory", [&] { win.Fetch_and_op(x, x, right); });
        refused("origin and result are the same memory", [&] { win.Get_accumulate(two, two, right); });
        win.Fetch_and_op(x, x, right, 0, MPI::NO_OP);
        refused("one number of one type", [&] { win.Compare_and_swap(d, x, y, right); });
        refused("the memory of origin or of compare", [&] { win.Compare_and_swap(x, y, x, right); });
        refused("the memory of origin or of compare", [&] { win.Compare_and_swap(x, y, y, right); });
        refused("a target of -3 elements", [&] { win.Put(x, right, {0, -3}); });
        refused("a target of -3 elements", [&] { win.Accumulate(x, right, {0, -3}); });
        const MPI::Datatype null;
        CHECK(contains(type_error([&] { win.Put(x, right, {0, 1, null}); }), "the datatype of the target is null"));
        CHECK(contains(type_error([&] { win.Accumulate(x, right, {0, 1, null}); }), "the datatype of the target is null"));
        win.Fence(MPI::MODE_NOSUCCEED);
        refused("no epoch is open", [&] { win.Put(x, right); });
    });
}

TEST_CASE("A displacement is in elements of the target, however much memory each process gives", "[win]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const bool is_first = comm.rank() == 0;
        std::vector<long> memory(is_first ? 8 : 0, 0);
        const MPI::Win win = MPI::Win::Create(memory, comm);
        const long mine = comm.rank() + 1;
        win.Fence();
        if (comm.rank() < 8)
            win.Put(mine, 0, comm.rank());
        win.Fence();
        if (is_first)
            for (int i = 0; i < comm.size(); ++i) CHECK(memory[static_cast<std::size_t>(i)] == i + 1);
        if (comm.size() > 1)
            refused("exceed the 0 that rank 1 has", [&] { win.Put(mine, 1); });
        win.Fence();
    });
}
