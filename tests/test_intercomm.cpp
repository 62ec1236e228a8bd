#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using std::vector;

namespace {

/// Two groups of the world, and the intercommunicator between them.
struct Pair {
    std::string name;
    bool is_first;  // this process is of the group that gave color 0
    MPI::Intracomm local;
    MPI::Intercomm inter;
    vector<int> own, others;  // ranks in the world, in the order of the groups
};

Pair between(const char* name, int color, int key, int leader_of_first, int leader_of_second) {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    Pair pair{name, color == 0, world.Split(color, key), {}, {}, {}};
    pair.inter = pair.local.Create_intercomm(0, world, color == 0 ? leader_of_second : leader_of_first, 5);
    vector<int> colors(static_cast<std::size_t>(world.size())), keys = colors;
    world.Allgather(color, colors);
    world.Allgather(key, keys);
    for (int rank = 0; rank < world.size(); ++rank) {
        vector<int>& group = colors[static_cast<std::size_t>(rank)] == color ? pair.own : pair.others;
        const auto before = [&](int other) { return keys[static_cast<std::size_t>(other)] <= keys[static_cast<std::size_t>(rank)]; };
        auto at = group.begin();
        while (at != group.end() && before(*at)) ++at;
        group.insert(at, rank);
    }
    return pair;
}

/// Calls `f(pair)` with pairs of groups of different make, where the world has more than one process.
template <class F> void for_each_pair(F f) {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const int rank = world.rank(), size = world.size();
    if (size == 1)
        return;
    f(between("even and odd", rank % 2, rank, 0, 1));
    f(between("first and rest", rank == 0 ? 0 : 1, rank, 0, 1));
    f(between("reversed halves", rank < size / 2 ? 0 : 1, -rank, size / 2 - 1, size - 1));
}

}  // namespace

TEST_CASE("Intracomm::Create_intercomm joins two groups", "[intercomm]") {
    for_each_pair([](const Pair& pair) {
        INFO(pair.name);
        const MPI::Intercomm& inter = pair.inter;
        CHECK(inter.Is_inter());
        CHECK(inter.is_inter());
        CHECK_FALSE(inter.is_intra());
        CHECK_FALSE(inter.is_topo());
        CHECK(inter.Get_size() == static_cast<int>(pair.own.size()));
        CHECK(inter.Get_rank() == pair.local.rank());
        CHECK(inter.Get_remote_size() == static_cast<int>(pair.others.size()));
        CHECK(inter.remote_size() == inter.Get_remote_size());
        const MPI::Group world = MPI::COMM_WORLD.Get_group();
        CHECK(inter.Get_group().Translate_ranks(world) == pair.own);
        CHECK(inter.Get_remote_group().Translate_ranks(world) == pair.others);
        CHECK(inter.remote_group().size() == inter.remote_size());
    });
}

TEST_CASE("Messages between groups go by the ranks of the remote group", "[intercomm]") {
    for_each_pair([](const Pair& pair) {
        INFO(pair.name);
        const int own = MPI::COMM_WORLD.rank();
        vector<MPI::Request> requests;
        vector<int> got(pair.others.size(), -1);
        for (int i = 0; i < pair.inter.remote_size(); ++i) {
            requests.push_back(pair.inter.Irecv(got[static_cast<std::size_t>(i)], i, 3));
            requests.push_back(pair.inter.Isend(own, i, 3));
        }
        MPI::Request::Waitall(requests);
        CHECK(got == pair.others);
    });
}

TEST_CASE("Buffers are collected from the other group", "[intercomm][collective]") {
    for_each_pair([](const Pair& pair) {
        INFO(pair.name);
        const MPI::Intercomm& inter = pair.inter;
        const int own = MPI::COMM_WORLD.rank();
        vector<int> all(pair.others.size());
        inter.Allgather(own, all);
        CHECK(all == pair.others);
        int sum = 0, expected = 0;
        for (const int rank : pair.others) expected += rank;
        inter.Allreduce(own, sum);
        CHECK(sum == expected);
        const vector<int> parts(pair.others.size(), own);
        vector<int> exchanged(pair.others.size());
        inter.Alltoall(parts, exchanged);
        CHECK(exchanged == pair.others);
        inter.Barrier();
        for (const bool first_has_root : {true, false}) {
            const int root = pair.is_first != first_has_root ? 0 : inter.rank() == 0 ? MPI::ROOT : MPI::PROC_NULL;
            int value = root == MPI::ROOT ? own : -1;
            inter.Bcast(value, root);
            CHECK(value == (root == 0 ? pair.others[0] : root == MPI::ROOT ? own : -1));
            vector<int> gathered(root == MPI::ROOT ? pair.others.size() : 0);
            inter.Gather(own, gathered, root);
            CHECK(gathered == (root == MPI::ROOT ? pair.others : vector<int>()));
            int part = -1;
            inter.Scatter(gathered, part, root);
            CHECK(part == (root == 0 ? own : -1));
        }
    });
}

TEST_CASE("Blocks go between groups of different sizes, whatever the width of their counts", "[intercomm][collective]") {
    for_each_pair([](const Pair& pair) {
        INFO(pair.name);
        const MPI::Intercomm& inter = pair.inter;
        const int own = MPI::COMM_WORLD.rank();
        const std::size_t size = pair.own.size(), others = pair.others.size();
        vector<int> bytes;
        vector<MPI::Datatype> ints;
        for (std::size_t i = 0; i < others; ++i) {
            bytes.push_back(static_cast<int>(4 * i));
            ints.push_back(MPI::Datatype::borrow(MPI_INT));
        }
        const vector<int> ones(others, 1), parts(others, own);
        vector<int> exchanged(others, -1);
        inter.Alltoallw({parts, ones, bytes, ints}, {exchanged, ones, bytes, ints});
        CHECK(exchanged == pair.others);

        // both groups reduce as many elements, which each divides among its own processes
        int sum = 0;
        for (const int rank : pair.others) sum += rank;
        const vector<int> all(size * others, own);
        vector<int> part(others, -1);
        inter.Reduce_scatter(all, part, vector<MPI::Count>(size, static_cast<MPI::Count>(others)));
        CHECK(part == vector<int>(others, sum));
        part.assign(others, -1);
        inter.Reduce_scatter(all, part, vector<int>(size, static_cast<int>(others)));
        CHECK(part == vector<int>(others, sum));
    });
}

TEST_CASE("Objects are collected from the other group", "[intercomm][collective][object]") {
    for_each_pair([](const Pair& pair) {
        INFO(pair.name);
        const MPI::Intercomm& inter = pair.inter;
        const int own = MPI::COMM_WORLD.rank();
        std::string joined;
        for (const int rank : pair.others) joined += letter(rank);
        CHECK(inter.allreduce(letter(own)) == joined);
        vector<std::string> letters;
        for (const int rank : pair.others) letters.push_back(letter(rank));
        CHECK(inter.allgather(letter(own)) == letters);
        CHECK(inter.alltoall(vector<std::string>(pair.others.size(), letter(own))) == letters);
        const int root = !pair.is_first ? 0 : inter.rank() == 0 ? MPI::ROOT : MPI::PROC_NULL;
        const std::string word = inter.bcast(letter(own), root);
        CHECK((root != 0 || word == letter(pair.others[0])));
        CHECK(inter.gather(letter(own), root) == (root == MPI::ROOT ? letters : vector<std::string>()));
    });
}

TEST_CASE("Intercomm::Merge puts the group that says so behind the other", "[intercomm]") {
    for_each_pair([](const Pair& pair) {
        INFO(pair.name);
        for (const bool first_is_high : {false, true}) {
            const bool high = pair.is_first == first_is_high;
            const MPI::Intracomm merged = pair.inter.Merge(high);
            vector<int> members(static_cast<std::size_t>(merged.size()));
            merged.Allgather(MPI::COMM_WORLD.rank(), members);
            vector<int> expected = high ? pair.others : pair.own;
            const vector<int>& rest = high ? pair.own : pair.others;
            expected.insert(expected.end(), rest.begin(), rest.end());
            CHECK(members == expected);
            CHECK(merged.is_intra());
        }
    });
}

TEST_CASE("Duplicates and parts of an intercommunicator are intercommunicators", "[intercomm]") {
    for_each_pair([](const Pair& pair) {
        INFO(pair.name);
        const MPI::Intercomm copy = pair.inter.Dup(), clone = pair.inter.Clone(), later = pair.inter.Idup().wait();
        for (const MPI::Intercomm* other : {&copy, &clone, &later}) {
            CHECK(MPI::Comm::Compare(pair.inter, *other) == MPI::CONGRUENT);
            CHECK(other->remote_size() == pair.inter.remote_size());
            other->Barrier();
        }
        const MPI::Intercomm all = pair.inter.Split(3, -pair.inter.rank());
        CHECK(all.is_inter());
        CHECK(all.remote_size() == pair.inter.remote_size());
        CHECK(all.rank() == all.size() - 1 - pair.inter.rank());
        // the first of each group
        const MPI::Intercomm leaders = pair.inter.Create(pair.inter.Get_group().Incl({0}));
        CHECK(leaders.is_null() == (pair.inter.rank() != 0));
        if (leaders) {
            CHECK(leaders.remote_size() == 1);
            int other = -1;
            leaders.Allreduce(MPI::COMM_WORLD.rank(), other);
            CHECK(other == pair.others[0]);
        }
        // each pair of equal local ranks; who has no partner gets nothing
        const int last = static_cast<int>(std::min(pair.own.size(), pair.others.size()));
        const MPI::Intercomm two = pair.inter.Split(pair.inter.rank() < last ? pair.inter.rank() : MPI::UNDEFINED);
        CHECK(two.is_null() == (pair.inter.rank() >= last));
        if (two) {
            int got = -1;
            two.Sendrecv(MPI::COMM_WORLD.rank(), 0, 1, got, 0, 1);
            CHECK(got == pair.others[static_cast<std::size_t>(pair.inter.rank())]);
        }
    });
}

TEST_CASE("Messages of an intercommunicator and of its duplicate do not meet", "[intercomm]") {
    for_each_pair([](const Pair& pair) {
        const MPI::Intercomm copy = pair.inter.Dup();
        const int own = MPI::COMM_WORLD.rank();
        vector<MPI::Request> sends;
        for (int i = 0; i < copy.remote_size(); ++i) sends.push_back(copy.Isend(own, i, 1));
        for (std::size_t i = 0; i < pair.others.size(); ++i) {
            copy.Probe(static_cast<int>(i), 1);
            CHECK_FALSE(pair.inter.Iprobe(static_cast<int>(i), 1));
            int got = -1;
            copy.Recv(got, static_cast<int>(i), 1);
            CHECK(got == pair.others[i]);
        }
        MPI::Request::Waitall(sends);
    });
}

TEST_CASE("A communicator can be taken over as an intercommunicator only if it is one", "[intercomm]") {
    for_each_pair([](const Pair& pair) {
        MPI::Comm any = pair.inter.Dup();
        const MPI_Comm raw = any.handle();
        CHECK(thrown<std::invalid_argument>([&] {
                  MPI::Intracomm wrong(std::move(any));
              }).find("Intracomm: the communicator is of class Intercomm (") == 0);
        CHECK(any.handle() == raw);  // NOLINT(bugprone-use-after-move): it stayed
        const MPI::Intercomm right(std::move(any));
        CHECK(right.handle() == raw);
        CHECK(right.remote_size() == pair.inter.remote_size());
    });
    MPI::Comm world = MPI::COMM_WORLD.Dup();
    CHECK(thrown<std::invalid_argument>([&] {
              MPI::Intercomm wrong(std::move(world));
          }).find("Intercomm: the communicator is of class Intracomm (") == 0);
    CHECK(MPI::Intercomm(MPI::Comm()).is_null());
}

TEST_CASE("Wrong leaders and calls of the other kind are errors", "[intercomm][error]") {
    const MPI::Intracomm& self = MPI::COMM_SELF;
    CHECK_FALSE(thrown<MPI::Exception>([&] { (void)self.Create_intercomm(1, MPI::COMM_WORLD, 0); }).empty());
    CHECK(contains(error_of_class(MPI::ERR_COMM, [] { (void)MPI::Intercomm().Get_remote_size(); }), "the communicator is null"));
    CHECK(contains(error_of_class(MPI::ERR_COMM, [] { (void)MPI::Intercomm().Merge(); }), "the communicator is null"));
}

TEST_CASE("Nothing is in place between groups", "[intercomm][collective][error]") {
    for_each_pair([](const Pair& pair) {
        const MPI::Intercomm& inter = pair.inter;
        const MPI::InPlace& here = MPI::IN_PLACE;
        const auto size = static_cast<std::size_t>(pair.local.size());
        vector<int> all(size), theirs(pair.others.size());
        const vector<int> counts(size, 1), their_counts(pair.others.size(), 1);
        int x = 1;
        const auto refused = [](const std::string& method, auto call) {
            const std::string text = thrown<std::invalid_argument>(call);
            INFO(text);
            CHECK(text.find(method + ": sendbuf is IN_PLACE, which it cannot be on an intercommunicator") == 0);
        };
        refused("Allreduce", [&] { inter.Allreduce(here, x); });
        refused("Iallreduce", [&] { (void)inter.Iallreduce(here, x); });
        refused("Allreduce_init", [&] { (void)inter.Allreduce_init(here, x); });
        refused("Reduce_scatter_block", [&] { inter.Reduce_scatter_block(here, all); });
        refused("Reduce_scatter", [&] { inter.Reduce_scatter(here, all, counts); });
        refused("Reduce_scatter", [&] { inter.Reduce_scatter(here, x, counts); });
        refused("Reduce_scatter", [&] { inter.Reduce_scatter(here, x); });
        refused("Allgather", [&] { inter.Allgather(here, theirs); });
        refused("Allgatherv", [&] { inter.Allgatherv(here, {theirs, their_counts}); });
        refused("Alltoall", [&] { inter.Alltoall(here, theirs); });
        refused("Alltoallv", [&] { inter.Alltoallv(here, {theirs, their_counts}); });
    });
}

TEST_CASE("A root that does not exist between groups is an Exception of class ERR_ROOT", "[intercomm][error]") {
    for_each_pair([](const Pair& pair) {
        const MPI::Intercomm& inter = pair.inter;
        const auto join = [](const std::string& a, const std::string& b) { return a + b; };
        const std::string s = "abc";
        const std::vector<int> counts(pair.others.size(), 1);
        int x = 1, y = 0;
        std::vector<int> all(8);
        for (const int root : {-9, 99}) {
            const auto refused = [&](const char* call, auto f) {
                INFO(call << " with root " << root);
                CHECK(error_class(f) == MPI::ERR_ROOT);
            };
            refused("reduce", [&] { (void)inter.reduce(s, join, root); });
            refused("reduce of numbers", [&] { (void)inter.reduce(x, MPI::SUM, root); });
            refused("gather", [&] { (void)inter.gather(s, root); });
            refused("bcast", [&] { (void)inter.bcast(s, root); });
            refused("scatter", [&] { (void)inter.scatter(std::vector<std::string>{s}, root); });
            refused("ireduce", [&] { (void)inter.ireduce(s, join, root); });
            refused("ireduce of numbers", [&] { (void)inter.ireduce(x, MPI::SUM, root); });
            refused("igather", [&] { (void)inter.igather(s, root); });
            refused("ibcast", [&] { (void)inter.ibcast(s, root); });
            refused("iscatter", [&] { (void)inter.iscatter(std::vector<std::string>{s}, root); });
            refused("Reduce", [&] { inter.Reduce(x, y, MPI::SUM, root); });
            refused("Gather", [&] { inter.Gather(x, {}, root); });
            refused("Gatherv", [&] { inter.Gatherv(x, {}, root); });
            refused("Gatherv by value", [&] { (void)inter.Gatherv(all, root); });
            refused("Scatter", [&] { inter.Scatter({}, y, root); });
            refused("Scatterv", [&] { inter.Scatterv({}, y, root); });
            refused("Bcast", [&] { inter.Bcast(x, root); });
            refused("Ireduce", [&] { (void)inter.Ireduce(x, y, MPI::SUM, root); });
            refused("Igather", [&] { (void)inter.Igather(x, {}, root); });
            refused("Igatherv", [&] { (void)inter.Igatherv(x, {}, root); });
            refused("Iscatter", [&] { (void)inter.Iscatter({}, y, root); });
            refused("Iscatterv", [&] { (void)inter.Iscatterv({}, y, root); });
            refused("Ibcast", [&] { (void)inter.Ibcast(x, root); });
            refused("Bcast_init", [&] { (void)inter.Bcast_init(x, root); });
            refused("Gather_init", [&] { (void)inter.Gather_init(x, {}, root); });
        }
        CHECK(inter.allgather(s).size() == pair.others.size());
    });
}
