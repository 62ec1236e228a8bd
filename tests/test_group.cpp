#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <numeric>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

std::vector<int> iota(int n, int first = 0) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), first);
    return result;
}

/// The ranks in `of` of the processes of `group`.
std::vector<int> ranks(const MPI::Group& group, const MPI::Group& of) { return group.Translate_ranks(of); }

}  // namespace

TEST_CASE("A communicator's group has its processes in its order", "[group]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Group group = comm.Get_group();
        CHECK(group.Get_size() == comm.size());
        CHECK(group.Get_rank() == comm.rank());
        CHECK(group.size() == comm.size());
        CHECK(group.rank() == comm.rank());
        CHECK(MPI::Group::Compare(group, comm.group()) == MPI::IDENT);
    });
}

TEST_CASE("A group tells who is not in it", "[group]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Group others = comm.group().Excl({comm.rank()});
        CHECK(others.size() == comm.size() - 1);
        CHECK(others.rank() == MPI::UNDEFINED);
        CHECK(MPI::GROUP_EMPTY.size() == 0);
        CHECK(MPI::GROUP_EMPTY.rank() == MPI::UNDEFINED);
    });
}

TEST_CASE("Groups are compared by their processes and their order", "[group]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Group group = comm.group();
        const int last = comm.size() - 1;
        const MPI::Group backwards = group.Range_incl({{last, 0, -1}});
        CHECK(MPI::Group::Compare(group, group.Dup()) == MPI::IDENT);
        CHECK(MPI::Group::Compare(group, backwards) == (comm.size() == 1 ? MPI::IDENT : MPI::SIMILAR));
        CHECK(MPI::Group::Compare(group, MPI::GROUP_EMPTY) == MPI::UNEQUAL);
        CHECK(MPI::Group::Compare(MPI::GROUP_EMPTY, MPI::GROUP_EMPTY) == MPI::IDENT);
        CHECK(ranks(backwards, group).front() == last);
    });
}

TEST_CASE("Groups are sets", "[group]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Group group = comm.group();
        const int n = comm.size(), half = n / 2;
        const MPI::Group low = group.Incl(iota(half)), high = group.Incl(iota(n - half, half));
        CHECK(low.size() == half);
        CHECK(MPI::Group::Compare(MPI::Group::Union(low, high), group) == MPI::IDENT);
        CHECK(MPI::Group::Compare(MPI::Group::Union(high, low), group) == (half == 0 ? MPI::IDENT : MPI::SIMILAR));
        CHECK(MPI::Group::Intersection(low, high).size() == 0);
        CHECK(MPI::Group::Compare(MPI::Group::Intersect(group, high), high) == MPI::IDENT);
        CHECK(MPI::Group::Compare(MPI::Group::Difference(group, low), high) == MPI::IDENT);
        CHECK(MPI::Group::Difference(low, group).size() == 0);
        CHECK(MPI::Group::Compare(MPI::Group::Union(MPI::GROUP_EMPTY, group), group) == MPI::IDENT);
        CHECK(MPI::Group::Intersection(MPI::GROUP_EMPTY, group).size() == 0);
    });
}

TEST_CASE("Incl and Excl take ranks, in any order", "[group]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Group group = comm.group();
        const int last = comm.size() - 1;
        CHECK(group.Incl({}).size() == 0);
        CHECK(group.Excl(std::vector<int>{}).size() == comm.size());
        CHECK(group.Excl(iota(comm.size())).size() == 0);
        if (last > 0) {
            CHECK(ranks(group.Incl({last, 0}), group) == std::vector{last, 0});
            CHECK(ranks(group.Excl({0}), group) == iota(last, 1));
        }
    });
}

TEST_CASE("Ranges have a stride, and may go downwards", "[group]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Group group = comm.group();
        const int last = comm.size() - 1;
        CHECK(ranks(group.Range_incl({{0, last}}), group) == iota(comm.size()));
        CHECK(group.Range_excl({{0, last}}).size() == 0);
        CHECK(group.Range_incl({}).size() == 0);
        CHECK(group.Range_excl({}).size() == comm.size());
        std::vector<int> even;
        for (int i = 0; i <= last; i += 2) even.push_back(i);
        const std::vector<MPI::Group::Range> ranges{{0, last, 2}};
        CHECK(ranks(group.Range_incl(ranges), group) == even);
        CHECK(group.Range_excl(ranges).size() == comm.size() - static_cast<int>(even.size()));
        if (last > 1) {
            CHECK(ranks(group.Range_incl({{last, last}, {1, 0, -1}}), group) == std::vector{last, 1, 0});
        }
    });
}

TEST_CASE("Ranks are translated from group to group", "[group]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Group group = comm.group(), world = MPI::COMM_WORLD.group();
        const int n = comm.size();
        const MPI::Group backwards = group.Range_incl({{n - 1, 0, -1}}), others = group.Excl({0});
        const std::vector<int> all = iota(n), reversed(all.rbegin(), all.rend());
        CHECK(group.Translate_ranks(backwards) == reversed);
        CHECK(MPI::Group::Translate_ranks(group, all, backwards) == reversed);
        CHECK(group.Translate_ranks(std::vector<int>{}, backwards).empty());
        CHECK(group.Translate_ranks({0}, others) == std::vector<int>{MPI::UNDEFINED});
        CHECK(group.Translate_ranks({MPI::PROC_NULL, 0}, group) == std::vector<int>{MPI::PROC_NULL, 0});
        CHECK(group.Translate_ranks() == group.Translate_ranks(world));  // COMM_WORLD's is the default
        CHECK(group.Translate_ranks({comm.rank()}) == std::vector{MPI::COMM_WORLD.rank()});
        CHECK(MPI::GROUP_EMPTY.Translate_ranks(world).empty());
    });
}

TEST_CASE("An empty group that a call returns can be freed like any other", "[group]") {
    for (int i = 0; i < 100; ++i) {  // each a reference to the same in some MPIs
        MPI::Group empty = MPI::COMM_WORLD.group().Incl({});
        if (i % 2 == 0)
            empty.Free();
    }
    CHECK(MPI::GROUP_EMPTY.size() == 0);
    CHECK(MPI::COMM_WORLD.group().Incl({}).size() == 0);
}

TEST_CASE("Group reports what it is asked wrongly", "[group][error]") {
    const MPI::Group group = MPI::COMM_WORLD.group();
    const int n = group.size();
    CHECK_THROWS_AS((void)MPI::GROUP_NULL.Get_size(), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::GROUP_NULL.Get_rank(), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::GROUP_NULL.Dup(), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::GROUP_NULL.Incl({0}), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::GROUP_NULL.Translate_ranks({0}, group), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::Group::Union(group, MPI::GROUP_NULL), MPI::Exception);
    CHECK_THROWS_AS((void)MPI::Group::Compare(group, MPI::GROUP_NULL), MPI::Exception);
    CHECK(contains(thrown<MPI::Exception>([&] { (void)group.Incl({0, 0}); }), "Incl: rank 0 is named twice"));
    CHECK(contains(thrown<MPI::Exception>([&] { (void)group.Excl({0, 0}); }), "Excl: rank 0 is named twice"));
    CHECK(contains(thrown<MPI::Exception>([&] { (void)group.Range_incl({{0, n - 1}, {0, 0}}); }), "Range_incl: rank 0 is named twice"));
    CHECK(contains(thrown<MPI::Exception>([&] { (void)group.Range_excl({{0, 0}, {n - 1, 0, -1}}); }), "Range_excl: rank 0 is named twice"));
    CHECK(error_class([&] { (void)group.Incl({0, 0}); }) == MPI::ERR_RANK);
    CHECK_THROWS_AS((void)group.Incl({n}), MPI::Exception);
    CHECK_THROWS_AS((void)group.Excl({-5}), MPI::Exception);
    CHECK_THROWS_AS((void)group.Range_incl({{0, n}}), MPI::Exception);
    CHECK(contains(thrown<std::invalid_argument>([&] {
                       (void)group.Translate_ranks({0, n}, group);
                   }),
                   "rank " + std::to_string(n) + " of a group of " + std::to_string(n)));
    CHECK_THROWS_AS((void)group.Translate_ranks({-5}), std::invalid_argument);
    try {
        (void)MPI::GROUP_NULL.Get_size();
    } catch (const MPI::Exception& e) {
        CHECK(e.Get_error_class() == MPI::ERR_GROUP);
        CHECK(e.function() == "MPI_Group_size");
    }
}
