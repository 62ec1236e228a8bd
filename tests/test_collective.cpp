#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;
using std::vector;

namespace {

vector<int> iota(int n, int first = 0) {
    vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), first);
    return result;
}

/// Calls `f(comm, root)` for every communicator and each of its processes.
template <class F> void for_each_root(F f) {
    for_each_comm([&](const MPI::Intracomm& comm) {
        for (int root = 0; root < comm.size(); ++root) f(comm, root);
    });
}

/// Calls `f(Integer, Displacement)` for both widths of counts.
template <class F> void for_both_widths(F f) {
    f(int{}, int{});
    f(MPI::Count{}, MPI::Aint{});
}

/// Blocks of i elements for process i, the first of them empty, with `gap` unused elements after each; element j of block i of `from` is value(from,
/// i, j).
template <class Integer, class Displacement> struct Uneven {
    vector<Integer> counts;
    vector<Displacement> displs;
    std::size_t length = 0;
    Uneven(int size, std::size_t gap) {
        for (int i = 0; i < size; ++i) {
            counts.push_back(static_cast<Integer>(i));
            displs.push_back(static_cast<Displacement>(length));
            length += static_cast<std::size_t>(i) + gap;
        }
    }
    template <class F> [[nodiscard]] vector<int> fill(F value) const {
        vector<int> result(length, -1);
        for (std::size_t i = 0; i < counts.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) result[static_cast<std::size_t>(displs[i]) + j] = value(static_cast<int>(i), static_cast<int>(j));
        return result;
    }
};

std::string misuse(auto f) { return thrown<std::invalid_argument>(f); }
bool has(const std::string& text, std::initializer_list<std::string> words) {
    std::size_t at = 0;
    for (const std::string& word : words)
        if ((at = text.find(word, at)) == std::string::npos)
            return false;
    return text.find("test_collective.cpp:") != std::string::npos;
}

}  // namespace

TEST_CASE("Comm::Barrier lets nobody through before all have come", "[comm][collective]") {
    for_each_comm([](const MPI::Intracomm& all) {
        const MPI::Intracomm comm = all.Split_type(MPI::COMM_TYPE_SHARED);  // with MPICH 5 over UCX, each process is one of these
        MPI_Win win = MPI_WIN_NULL;
        std::atomic<int>* mine = nullptr;
        REQUIRE(MPI_Win_allocate_shared(sizeof *mine, sizeof *mine, MPI_INFO_NULL, comm.handle(), &mine, &win) == MPI_SUCCESS);
        mine->store(0);
        comm.Barrier();
        for (int i = 0; i < 200 * comm.rank(); ++i) sched_yield();  // the higher, the later
        mine->store(1);
        comm.Barrier();
        int come = 0;
        for (int i = 0; i < comm.size(); ++i) {
            MPI_Aint size = 0;
            int unit = 0;
            std::atomic<int>* other = nullptr;
            MPI_Win_shared_query(win, i, &size, &unit, &other);
            come += other->load();
        }
        CHECK(come == comm.size());
        MPI_Win_free(&win);
    });
}

TEST_CASE("Comm::Bcast copies every kind of buffer from every root", "[comm][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        const bool is_root = comm.rank() == root;
        vector<double> range(7, is_root ? root + 0.5 : 0);
        std::array<int, 3> array{};
        int plain[2][2] = {};
        Affine scalar{};
        std::string text(3, ' ');
        if (is_root) {
            array = {1, 2, root};
            plain[1][0] = root + 5;
            scalar = map_of(root);
            text = "abc";
        }
        vector<int> part = is_root ? iota(6) : vector<int>(6, -1), spelled = part, none;
        comm.Bcast(range, root);
        comm.Bcast(array, root);
        comm.Bcast(plain, root);
        comm.Bcast(scalar, root);
        comm.Bcast(text, root);
        comm.Bcast(std::span(part).subspan(2, 3), root);
        comm.Bcast({spelled.data() + 1, 2, MPI::INT}, root);
        comm.Bcast(none, root);
        comm.Bcast({}, root);
        CHECK(range == vector<double>(7, root + 0.5));
        CHECK(array == std::array<int, 3>{1, 2, root});
        CHECK(plain[1][0] == root + 5);
        CHECK(scalar == map_of(root));
        CHECK(text == "abc");
        CHECK(part == (is_root ? iota(6) : vector<int>{-1, -1, 2, 3, 4, -1}));
        CHECK(spelled == (is_root ? iota(6) : vector<int>{-1, 1, 2, -1, -1, -1}));
    });
}

TEST_CASE("Comm::Gather and Comm::Scatter move equal blocks to and from every root", "[comm][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        const int rank = comm.rank(), size = comm.size();
        const bool is_root = rank == root;
        const vector<int> part = iota(2, 2 * rank), all = iota(2 * size);
        vector<int> whole(is_root ? all.size() : 0), back(2, -1);
        comm.Gather(part, whole, root);
        CHECK(whole == (is_root ? all : vector<int>{}));
        comm.Scatter(whole, back, root);
        CHECK(back == part);

        // in place, and nothing where nothing is significant
        if (is_root) {
            whole.assign(all.size(), -1);
            std::copy(part.begin(), part.end(), whole.begin() + 2 * root);
            comm.Gather(MPI::IN_PLACE, whole, root);
            CHECK(whole == all);
            comm.Scatter(whole, MPI::IN_PLACE, root);
            CHECK(whole == all);
        } else {
            back = {-1, -1};
            comm.Gather(part, {}, root);
            comm.Scatter({}, back, root);
            CHECK(back == part);
        }

        // a scalar each, other types than the root's, and no elements at all
        vector<Affine> maps(static_cast<std::size_t>(is_root ? size : 0));
        comm.Gather(map_of(rank), maps, root);
        if (is_root)
            CHECK(maps.back() == map_of(size - 1));
        std::array<int, 2> pair{};
        comm.Scatter({all.data(), is_root ? 2 : 0, MPI::INT}, pair, root);
        CHECK(pair[1] == 2 * rank + 1);
        vector<std::pair<int, int>> pairs(static_cast<std::size_t>(is_root ? size : 0));
        comm.Gather(part, pairs, root);
        if (is_root)
            CHECK(pairs.back() == std::pair(2 * size - 2, 2 * size - 1));
        comm.Gather({}, {}, root);
        comm.Scatter({}, {}, root);
    });
}

TEST_CASE("Comm::Allgather and Comm::Alltoall move equal blocks between all", "[comm][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank(), size = comm.size();
        const vector<int> part = iota(3, 3 * rank), all = iota(3 * size);
        vector<int> whole(all.size(), -1);
        comm.Allgather(part, whole);
        CHECK(whole == all);
        whole.assign(all.size(), -1);
        std::copy(part.begin(), part.end(), whole.begin() + 3 * rank);
        comm.Allgather(MPI::IN_PLACE, whole);
        CHECK(whole == all);
        vector<long> squares(static_cast<std::size_t>(size));
        const long square = rank * rank;
        comm.Allgather(square, squares);
        CHECK(squares.back() == (size - 1) * (size - 1));

        vector<int> sent, expected, received(static_cast<std::size_t>(2 * size));
        for (int i = 0; i < size; ++i) {
            sent.insert(sent.end(), {100 * rank + i, -i});
            expected.insert(expected.end(), {100 * i + rank, -rank});
        }
        comm.Alltoall(sent, received);
        CHECK(received == expected);
        received = sent;
        comm.Alltoall(MPI::IN_PLACE, received);
        CHECK(received == expected);
        comm.Allgather({}, {});
        comm.Alltoall({}, {});
    });
}

TEST_CASE("Comm::Gatherv and Comm::Scatterv move blocks of different sizes, packed and apart", "[comm][collective]") {
    for_both_widths([]<class I, class D>(I, D) {
        for_each_root([](const MPI::Intracomm& comm, int root) {
            const int rank = comm.rank();
            const bool is_root = rank == root;
            const vector<int> part = iota(rank, 10 * rank);
            const auto value = [](int i, int j) { return 10 * i + j; };
            for (const auto gap : {std::size_t{0}, std::size_t{2}}) {
                const Uneven<I, D> blocks(comm.size(), gap);
                const vector<int> all = blocks.fill(value);
                vector<int> whole(is_root ? all.size() : 0, -1), back(part.size(), -1);
                if (gap == 0)
                    comm.Gatherv(part, {whole, blocks.counts}, root);
                else
                    comm.Gatherv(part, {whole, blocks.counts, blocks.displs}, root);
                CHECK(whole == (is_root ? all : vector<int>{}));
                if (gap == 0)
                    comm.Scatterv({whole, blocks.counts}, back, root);
                else
                    comm.Scatterv({whole, blocks.counts, blocks.displs}, back, root);
                CHECK(back == part);

                back.assign(part.size(), -1);
                if (is_root) {
                    vector<int> own = all;
                    comm.Gatherv(MPI::IN_PLACE, {own, blocks.counts, blocks.displs}, root);
                    CHECK(own == all);
                    comm.Scatterv({all, blocks.counts, blocks.displs}, MPI::IN_PLACE, root);
                } else {
                    comm.Gatherv(part, {}, root);
                    comm.Scatterv({}, back, root);
                    CHECK(back == part);
                }
            }
        });
    });
}

TEST_CASE("Comm::Allgatherv and Comm::Alltoallv move blocks of different sizes, packed and apart", "[comm][collective]") {
    for_both_widths([]<class I, class D>(I, D) {
        for_each_comm([](const MPI::Intracomm& comm) {
            const int rank = comm.rank(), size = comm.size();
            const vector<int> part = iota(rank, 10 * rank);
            for (const auto gap : {std::size_t{0}, std::size_t{3}}) {
                const Uneven<I, D> blocks(size, gap);
                const vector<int> all = blocks.fill([](int i, int j) { return 10 * i + j; });
                vector<int> whole(all.size(), -1);
                if (gap == 0)
                    comm.Allgatherv(part, {whole, blocks.counts});
                else
                    comm.Allgatherv(part, {whole, blocks.counts, blocks.displs});
                CHECK(whole == all);
                whole.assign(all.size(), -1);
                std::copy(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(blocks.displs[static_cast<std::size_t>(rank)]));
                comm.Allgatherv(MPI::IN_PLACE, {whole, blocks.counts, blocks.displs});
                CHECK(whole == all);

                // i elements for process i, so `rank` elements from each
                const vector<int> sent = blocks.fill([&](int i, int j) { return 100 * rank + 10 * i + j; });
                const auto n = static_cast<std::size_t>(rank);
                const vector<I> counts(static_cast<std::size_t>(size), static_cast<I>(rank));
                vector<D> displs;
                vector<int> expected((n + gap) * static_cast<std::size_t>(size), -1), received(expected.size(), -1);
                for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i) {
                    displs.push_back(static_cast<D>(i * (n + gap)));
                    for (std::size_t j = 0; j < n; ++j) expected[i * (n + gap) + j] = static_cast<int>(100 * i + 10 * n + j);
                }
                if (gap == 0)
                    comm.Alltoallv({sent, blocks.counts}, {received, counts});
                else
                    comm.Alltoallv({sent, blocks.counts, blocks.displs}, {received, counts, displs});
                CHECK(received == expected);
            }
        });
    });
}

TEST_CASE("Comm::Alltoallv takes sides of different width, and works in place", "[comm][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank(), size = comm.size();
        const vector<int> narrow(static_cast<std::size_t>(size), 1), displs = iota(size);
        const vector<MPI::Count> wide(narrow.begin(), narrow.end());
        const vector<MPI::Aint> wide_displs(displs.begin(), displs.end());
        const vector<int> sent = iota(size, 100 * rank);
        vector<int> expected, received(sent.size());
        for (int i = 0; i < size; ++i) expected.push_back(100 * i + rank);
        const auto check = [&](MPI::ConstBufV send, MPI::BufV recv) {
            received.assign(received.size(), -1);
            comm.Alltoallv(send, recv);
            CHECK(received == expected);
        };
        check({sent, narrow}, {received, wide});
        check({sent, wide}, {received, narrow});
        check({sent, narrow, displs}, {received, wide, wide_displs});
        check({sent, wide, wide_displs}, {received, narrow});
        received = sent;
        comm.Alltoallv(MPI::IN_PLACE, {received, narrow});
        CHECK(received == expected);
        received = sent;
        comm.Alltoallv(MPI::IN_PLACE, {received, wide, wide_displs});
        CHECK(received == expected);
    });
}

TEST_CASE("A process's block that lies in its own place stays there, as with IN_PLACE", "[collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank(), size = comm.size();
        const auto pairs = [&](int from, int to) { return vector<int>{100 * from + to, 100 * from + to + 1}; };  // sent by `from` to `to`
        const auto all = [&](auto pair) {
            vector<int> result;
            for (int i = 0; i < size; ++i)
                for (const int x : pair(i)) result.push_back(x);
            return result;
        };
        const vector<int> sent = all([&](int to) { return pairs(rank, to); }), received = all([&](int from) { return pairs(from, rank); });
        const vector<int> diagonal = all([&](int i) { return pairs(i, i); });
        const vector<int> counts(static_cast<std::size_t>(size), 2);
        vector<int> displs = iota(size);
        for (int& x : displs) x *= 2;
        const auto block = [](vector<int>& memory, int of) { return std::span(memory).subspan(2 * static_cast<std::size_t>(of), 2); };
        const auto check = [&](const vector<int>& expected, auto call) {
            vector<int> memory = sent;
            call(memory);
            CHECK(memory == expected);
        };
        check(received, [&](auto& memory) { comm.Alltoall(memory, memory); });
        check(received, [&](auto& memory) { comm.Ialltoall(memory, memory).Wait(); });
        check(received, [&](auto& memory) { comm.Alltoallv({memory, counts, displs}, {memory, counts, displs}); });
        check(received, [&](auto& memory) { comm.Ialltoallv({memory, counts, displs}, {memory, counts}).Wait(); });
        check(diagonal, [&](auto& memory) { comm.Allgather(block(memory, rank), memory); });
        check(diagonal, [&](auto& memory) { comm.Iallgather(block(memory, rank), memory).Wait(); });
        check(diagonal, [&](auto& memory) { comm.Allgatherv(block(memory, rank), {memory, counts, displs}); });
        check(diagonal, [&](auto& memory) { comm.Iallgatherv(block(memory, rank), {memory, counts}).Wait(); });
        for (int root = 0; root < size; ++root) {
            const auto at_root = [&](const vector<int>& expected) -> const vector<int>& { return rank == root ? expected : sent; };
            check(at_root(diagonal), [&](auto& memory) { comm.Gather(block(memory, rank), memory, root); });
            check(at_root(diagonal), [&](auto& memory) { comm.Igather(block(memory, rank), memory, root).Wait(); });
            check(at_root(diagonal), [&](auto& memory) { comm.Gatherv(block(memory, rank), {memory, counts, displs}, root); });
            vector<int> scattered = sent;
            std::ranges::copy(pairs(root, rank), scattered.begin() + 2 * rank);
            check(scattered, [&](auto& memory) { comm.Scatter(memory, block(memory, rank), root); });
            check(scattered, [&](auto& memory) { comm.Iscatter(memory, block(memory, rank), root).Wait(); });
            check(scattered, [&](auto& memory) { comm.Scatterv({memory, counts, displs}, block(memory, rank), root); });
        }
        // A type with a gap behind it: the place is found by its extent.
        const MPI::Datatype every_second = MPI::INT.Create_resized(0, 8).Commit();
        vector<int> memory = sent;
        comm.Allgather({memory.data() + 2 * rank, 1, every_second}, {memory.data(), 1, every_second});
        CHECK(memory == all([&](int i) { return vector{100 * i + i, 100 * rank + i + 1}; }));
    });
}

TEST_CASE("The blocks of a v call may be empty, out of order, or all of nothing", "[comm][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank(), size = comm.size();
        const auto n = static_cast<std::size_t>(size);
        const vector<int> ones(n, 1), zeros(n, 0);
        vector<int> backwards = iota(size), whole(n, -1), none;
        std::reverse(backwards.begin(), backwards.end());
        comm.Allgatherv(rank, {whole, ones, backwards});
        CHECK(whole == backwards);
        comm.Allgatherv(none, {none, zeros});
        comm.Allgatherv({}, {{}, zeros});
        comm.Alltoallv({{}, zeros}, {none, zeros});

        // only the last process has something; where the empty blocks lie does not matter
        vector<int> counts(n, 0), displs(n, 1000);
        counts.back() = 2;
        displs.back() = 1;
        const vector<int> part(rank == size - 1 ? 2 : 0, rank);
        vector<int> three(3, -1);
        comm.Allgatherv(part, {three, counts, displs});
        CHECK(three == vector<int>{-1, size - 1, size - 1});
    });
}

TEST_CASE("Comm::Allgatherv by value finds out the counts", "[comm][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank(), size = comm.size();
        vector<double> expected;
        for (int i = 0; i < size; ++i) expected.insert(expected.end(), static_cast<std::size_t>(i), i + 0.5);
        const vector<double> part(static_cast<std::size_t>(rank), rank + 0.5);
        CHECK(comm.Allgatherv(part) == expected);
        CHECK(comm.Allgatherv(std::span(part)) == expected);
        CHECK(comm.Allgatherv(vector<double>{}).empty());

        const vector<Affine> maps = comm.Allgatherv(std::array{map_of(rank), Affine{0, -1}});
        CHECK(maps.size() == 2 * static_cast<std::size_t>(size));
        CHECK(maps.back() == Affine{0, -1});
        CHECK(maps[static_cast<std::size_t>(2 * size - 2)] == map_of(size - 1));
        const vector<char> letters = comm.Allgatherv(std::string(rank == 0 ? "abc" : ""));
        CHECK(std::string(letters.begin(), letters.end()) == "abc");
    });
}

TEST_CASE("Comm::Reduce combines for every root", "[comm][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        const int rank = comm.rank(), size = comm.size();
        const bool is_root = rank == root;
        const vector<int> mine = {rank, 1, -rank};
        const vector<int> expected = {sum_to(size), size, -sum_to(size)}, untouched = {-1, -1, -1};
        vector<int> result = untouched;
        comm.Reduce(mine, result, MPI::SUM, root);
        CHECK(result == (is_root ? expected : untouched));
        result = mine;
        if (is_root)
            comm.Reduce(MPI::IN_PLACE, result, MPI::SUM, root);
        else
            comm.Reduce(mine, {}, MPI::SUM, root);
        CHECK(result == (is_root ? expected : mine));

        const auto op = MPI::Op::Create<Affine>(compose);
        Affine whole{};
        comm.Reduce(map_of(rank), whole, op, root);
        CHECK(whole == (is_root ? composed(size) : Affine{}));
        int highest = -1;
        comm.Reduce({&rank, 1, MPI::INT}, {&highest, 1, MPI::INT}, MPI::MAX, root);
        CHECK(highest == (is_root ? size - 1 : -1));
    });
}

TEST_CASE("Comm::Allreduce and Comm::Reduce_scatter_block combine for all", "[comm][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank(), size = comm.size();
        vector<double> local = {1.0 * rank, 0.5}, global(2);
        const vector<double> expected = {1.0 * sum_to(size), 0.5 * size};
        comm.Allreduce(local, global);
        CHECK(global == expected);
        comm.Allreduce(MPI::IN_PLACE, local, MPI::SUM);
        CHECK(local == expected);
        const std::pair<double, int> here(-rank, rank);
        std::pair<double, int> lowest;
        comm.Allreduce(here, lowest, MPI::MINLOC);
        CHECK(lowest == std::pair<double, int>(1 - size, size - 1));

        const int factor = rank + 1000;  // an operation that captures, beside one that does not commute
        const auto op = MPI::Op::Create<Affine>(compose), most = MPI::Op::Create<int>(
                                                              [factor](int a, int b) {
                                                                  return std::max({a, b, factor});
                                                              },
                                                              true);
        Affine whole{}, in_place = map_of(rank);
        comm.Allreduce(map_of(rank), whole, op);
        comm.Allreduce(MPI::IN_PLACE, in_place, op);
        CHECK(whole == composed(size));
        CHECK(in_place == composed(size));
        int found = -1;
        comm.Allreduce(rank, found, most);
        CHECK(found >= (size == 1 ? 0 : 1000));

        vector<Affine> maps(2 * static_cast<std::size_t>(size), map_of(rank)), two(2);
        comm.Reduce_scatter_block(maps, two, op);
        CHECK(two == vector<Affine>(2, composed(size)));
        vector<int> row = iota(size), column = row;
        int mine = -1;
        comm.Reduce_scatter_block(row, mine);
        CHECK(mine == size * rank);
        comm.Reduce_scatter_block(MPI::IN_PLACE, column, MPI::SUM);
        CHECK(column.front() == size * rank);
    });
}

TEST_CASE("Collectives reach the other group of an intercommunicator", "[comm][collective]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    if (world.size() < 2)
        return;
    const MPI::Comm inter = even_and_odd();
    const int rank = inter.rank(), remote = MPI::detail::get<MPI_Comm_remote_size>(inter.handle()), side = world.rank() % 2;
    const auto n = static_cast<std::size_t>(remote);
    CHECK(inter.Is_inter());

    vector<int> all(n, -1), expected;
    for (int i = 0; i < remote; ++i) expected.push_back(2 * i + 1 - side);
    inter.Allgather(world.rank(), all);
    CHECK(all == expected);
    CHECK(inter.Allgatherv(vector<int>(static_cast<std::size_t>(side), rank)).size() == (side == 0 ? n : 0));
    vector<int> sent(n), received(n);
    for (std::size_t i = 0; i < n; ++i) sent[i] = 10 * world.rank() + static_cast<int>(i);
    inter.Alltoall(sent, received);
    CHECK(received.back() == 10 * expected.back() + rank);
    int sum = -1;
    inter.Allreduce(world.rank(), sum, MPI::SUM);
    CHECK(sum == std::accumulate(expected.begin(), expected.end(), 0));

    for (int root_side : {0, 1}) {
        const int root = side != root_side ? 0 : rank == 0 ? MPI::ROOT : MPI::PROC_NULL;
        const bool is_root = root == MPI::ROOT;
        const vector<int> counts(n, 1);
        vector<int> gathered(is_root ? n : 0), in_blocks(gathered);
        int copied = is_root ? 77 : -1, own = -1, reduced = -1;
        inter.Bcast(copied, root);
        inter.Gather(world.rank(), gathered, root);
        inter.Gatherv(world.rank(), {in_blocks, counts}, root);
        inter.Scatter(sent, own, root);
        inter.Reduce(1, reduced, MPI::SUM, root);
        CHECK(copied == (is_root || side != root_side ? 77 : -1));
        CHECK(gathered == (is_root ? expected : vector<int>{}));
        CHECK(in_blocks == gathered);
        CHECK(own == (side != root_side ? 10 * root_side + rank : -1));
        CHECK(reduced == (is_root ? remote : -1));
    }
}

TEST_CASE("A root that is no process is an Exception", "[comm][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int x = 0;
        vector<int> y(static_cast<std::size_t>(comm.size()));
        for (const int root : {comm.size(), -100}) {
            CHECK(error_class([&] { comm.Bcast(x, root); }) == MPI::ERR_ROOT);
            CHECK(error_class([&] { comm.Gather(x, y, root); }) == MPI::ERR_ROOT);
            CHECK(error_class([&] { comm.Scatterv({}, x, root); }) == MPI::ERR_ROOT);
            CHECK(error_class([&] { comm.Reduce(x, x, MPI::SUM, root); }) == MPI::ERR_ROOT);
        }
        int count = 0;
        comm.Allreduce(1, count);
        CHECK(count == comm.size());
    });
}

TEST_CASE("Collectives reject blocks that do not divide", "[comm][collective]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;  // found before MPI is called, so one process may be alone with it
    const int size = comm.size();
    if (size == 1)
        return;
    const std::string n = std::to_string(size), n1 = std::to_string(size + 1);
    vector<int> part(1), right(static_cast<std::size_t>(size)), odd(static_cast<std::size_t>(size + 1));
    const int me = comm.rank();
    CHECK(has(misuse([&] { comm.Gather(part, odd, me); }), {"Gather", "recvbuf", n1, n}));
    CHECK(has(misuse([&] { comm.Scatter(odd, part, me); }), {"Scatter", "sendbuf", n1, n}));
    CHECK(has(misuse([&] { comm.Allgather(part, odd); }), {"Allgather", "recvbuf", n1, n}));
    CHECK(has(misuse([&] { comm.Alltoall(odd, right); }), {"Alltoall", "sendbuf", n1, n}));
    CHECK(has(misuse([&] { comm.Alltoall(right, odd); }), {"Alltoall", "recvbuf", n1, n}));
    CHECK(has(misuse([&] { comm.Alltoall(MPI::IN_PLACE, odd); }), {"Alltoall", "recvbuf", n1, n}));
    CHECK(has(misuse([&] { comm.Reduce_scatter_block(odd, part); }), {"Reduce_scatter_block", "sendbuf", n1, n}));
    CHECK(has(misuse([&] { comm.Reduce_scatter_block(MPI::IN_PLACE, odd); }), {"Reduce_scatter_block", "recvbuf", n1, n}));
    comm.Barrier();
}

TEST_CASE("Collectives reject sizes that do not match", "[comm][collective]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    vector<int> two(2), three(3);
    CHECK(has(misuse([&] { comm.Gather(two, three); }), {"Gather", "sendbuf has 2", "recvbuf 3"}));
    CHECK(has(misuse([&] { comm.Scatter(two, three); }), {"Scatter", "sendbuf has 2", "recvbuf 3"}));
    CHECK(has(misuse([&] { comm.Allgather(two, three); }), {"Allgather", "sendbuf has 2", "recvbuf 3"}));
    CHECK(has(misuse([&] { comm.Alltoall(two, three); }), {"Alltoall", "sendbuf has 2", "recvbuf 3"}));
    CHECK(has(misuse([&] { comm.Reduce(two, three); }), {"Reduce", "sendbuf has 2", "recvbuf 3"}));
    CHECK(has(misuse([&] { comm.Allreduce(two, three); }), {"Allreduce", "sendbuf has 2", "recvbuf 3"}));
    CHECK(has(misuse([&] { comm.Reduce_scatter_block(two, three); }), {"Reduce_scatter_block", "sendbuf has 2", "recvbuf 3"}));

    vector<double> real(2);
    CHECK(has(misuse([&] { comm.Reduce(two, real); }), {"Reduce", "MPI_INT", "MPI_DOUBLE"}));
    CHECK(has(misuse([&] { comm.Allreduce(real, two); }), {"Allreduce", "MPI_DOUBLE", "MPI_INT"}));
    CHECK(has(misuse([&] { comm.Reduce_scatter_block(two, real); }), {"Reduce_scatter_block", "MPI_INT", "MPI_DOUBLE"}));
    const auto op = MPI::Op::Create<int>([](int a, int b) { return a + b; });
    vector<double> other(2);
    CHECK(has(misuse([&] { comm.Reduce(real, other, op); }), {"Reduce", "MPI_INT", "MPI_DOUBLE"}));
    CHECK(has(misuse([&] { comm.Allreduce(real, other, op); }), {"Allreduce", "MPI_INT", "MPI_DOUBLE"}));
    CHECK(has(misuse([&] { comm.Reduce_scatter_block(real, other, op); }), {"Reduce_scatter_block", "MPI_INT", "MPI_DOUBLE"}));
}

TEST_CASE("What is refused as in place leaves no messages to the next call", "[comm][collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root) {
        const vector<int> first = iota(comm.size(), 100), second = iota(comm.size(), 200);
        int mine = -1;
        if (comm.rank() != root) {
            CHECK(has(misuse([&] { comm.Scatter(first, MPI::IN_PLACE, root); }), {"Scatter", "recvbuf is IN_PLACE", "only on the root"}));
            CHECK(has(misuse([&] { comm.Gather(MPI::IN_PLACE, mine, root); }), {"Gather", "sendbuf is IN_PLACE", "only on the root"}));
            CHECK(has(misuse([&] { comm.Reduce(MPI::IN_PLACE, mine, MPI::SUM, root); }), {"Reduce", "sendbuf is IN_PLACE", "only on the root"}));
        } else {
            CHECK(has(misuse([&] { comm.Gather(mine, MPI::IN_PLACE, root); }), {"Gather", "recvbuf is IN_PLACE"}));
            CHECK(has(misuse([&] { comm.Gather(mine, {}, root); }), {"Gather", "sendbuf has 4 bytes a process, recvbuf 0"}));
        }
        comm.Scatter(second, mine, root);
        CHECK(mine == 200 + comm.rank());
    });
}

TEST_CASE("An exchange of objects says when another process makes another call", "[comm][collective]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (comm.size() == 1)
        return;
    constexpr std::size_t slot = 512;  // as much as a process tells the others of its object
    const std::string bytes(slot, 'x');
    std::string all(slot * static_cast<std::size_t>(comm.size()), ' ');
    if (comm.rank() == 0)
        CHECK(has(misuse([&] { (void)comm.allgather(std::string("an object")); }),
                  {"allgather", "what another process has sent is no object: it makes another call"}));
    else
        comm.Allgather(bytes, all);
}

TEST_CASE("The v calls reject wrong numbers of counts and blocks outside the buffer", "[comm][collective]") {
    for_both_widths([]<class I, class D>(I, D) {
        const MPI::Intracomm& comm = MPI::COMM_SELF;
        vector<int> three(3);
        const vector<I> one{3}, none{}, two{1, 2}, four{4};
        const vector<D> late{1}, early{-1}, places{0, 1};
        CHECK(has(misuse([&] { comm.Gatherv(three, {three, two}); }), {"Gatherv", "recvbuf has 2 counts", "1 process"}));
        CHECK(has(misuse([&] { comm.Scatterv({three, none}, three); }), {"Scatterv", "sendbuf has 0 counts", "1 process"}));
        CHECK(has(misuse([&] { comm.Allgatherv(three, {three, one, places}); }), {"Allgatherv", "2 displacements", "1 process"}));
        CHECK(has(misuse([&] { comm.Gatherv(three, {three, four}); }), {"Gatherv", "recvbuf has 3", "need 4"}));
        CHECK(has(misuse([&] { comm.Scatterv({three, four}, three); }), {"Scatterv", "sendbuf has 3", "need 4"}));
        CHECK(has(misuse([&] { comm.Allgatherv(three, {three, one, late}); }), {"Allgatherv", "recvbuf has 3", "need 4"}));
        CHECK(has(misuse([&] { comm.Alltoallv({three, one, late}, {three, one}); }), {"Alltoallv", "sendbuf has 3", "need 4"}));
        CHECK(has(misuse([&] { comm.Alltoallv({three, one}, {three, four}); }), {"Alltoallv", "recvbuf has 3", "need 4"}));
        CHECK(has(misuse([&] { comm.Allgatherv(three, {three, one, early}); }), {"Allgatherv", "recvbuf", "-1"}));
    });
}
