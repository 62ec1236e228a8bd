// Objects between two groups. Intercommunicators have no class of their own yet; a Comm does for what they share.
#include "catch.hpp"
#include "support.hpp"

#include <cereal/types/map.hpp>

#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using Numbers = std::vector<double>;
using Table = std::map<std::string, Numbers>;

Numbers numbers(int rank, std::size_t n) { return Numbers(n + static_cast<std::size_t>(rank) * n / 2, rank + 0.5); }
Table table(int rank, std::size_t n) { return {{letter(rank), numbers(rank, n)}, {"z", {1}}}; }

/// The even ranks of the world and the odd ones; null in a world of one.
struct Halves {
    Halves() {
        const MPI::Intracomm& world = MPI::COMM_WORLD;
        const int parity = world.rank() % 2;
        if (world.size() == 1)
            return;
        half = world.Split(parity);
        MPI_Comm raw = MPI_COMM_NULL;
        CHECK(MPI_Intercomm_create(half.handle(), 0, MPI_COMM_WORLD, 1 - parity, 0, &raw) == MPI_SUCCESS);
        comm = MPI::Comm::take(raw);
        for (int rank = 1 - parity; rank < world.size(); rank += 2) others.push_back(rank);
    }
    MPI::Intracomm half;
    MPI::Comm comm;
    std::vector<int> others;  // ranks in the world of the processes of the other group
};

/// What a process is in a collective with a root: the root, in its group, or in the other.
struct Role {
    int root;                // what it gives as root
    bool receives, is_root;  // from the root; the root
    int world_rank;          // the root's, in the world
};

/// Calls `f(halves, role)` with each process as root.
template <class F> void for_each_root(F f) {
    const Halves halves;
    if (halves.comm.is_null())
        return;
    const int own = MPI::COMM_WORLD.rank();
    for (int rank = 0; rank < MPI::COMM_WORLD.size(); ++rank) {
        const bool other = rank % 2 != own % 2;
        f(halves, Role{other ? rank / 2 : rank == own ? MPI::ROOT : MPI::PROC_NULL, other, rank == own, rank});
    }
}

/// Around a slot, 8 KiB and a block.
constexpr std::size_t sizes[]{0, 3, 57, 58, 59, 60, 1'010, 1'020, 8'191, 20'000};

template <class F> std::vector<Numbers> of_all(const std::vector<int>& ranks, F f) {
    std::vector<Numbers> result;
    for (const int rank : ranks) result.push_back(f(rank));
    return result;
}

}  // namespace

TEST_CASE("Objects go to the processes of the other group", "[object][intercomm]") {
    const Halves halves;
    if (halves.comm.is_null())
        return;
    const MPI::Comm& comm = halves.comm;
    CHECK(comm.Is_inter());
    for (const std::size_t n : sizes) {
        std::vector<MPI::Request> sends;
        for (std::size_t i = 0; i < halves.others.size(); ++i) {
            sends.push_back(comm.isend(table(MPI::COMM_WORLD.rank(), n), static_cast<int>(i), 1));
            sends.push_back(comm.isend(numbers(MPI::COMM_WORLD.rank(), n), static_cast<int>(i), 2));
        }
        for (std::size_t i = 0; i < halves.others.size(); ++i) {
            CHECK((comm.recv<Table>(static_cast<int>(i), 1) == table(halves.others[i], n)));
            CHECK((comm.irecv<Numbers>(static_cast<int>(i), 2).wait() == numbers(halves.others[i], n)));
        }
        MPI::Request::Waitall(sends);
    }
    const int own = comm.rank(), other = own < static_cast<int>(halves.others.size()) ? own : MPI::PROC_NULL;
    const Numbers large = numbers(MPI::COMM_WORLD.rank(), 200'000);
    const auto got = comm.sendrecv<Numbers>(large, other, 3, other, 3);
    CHECK((got == (other == MPI::PROC_NULL ? Numbers() : numbers(halves.others[static_cast<std::size_t>(own)], 200'000))));
    comm.send(large, other, 4);  // before either receives
    CHECK((comm.recv<Numbers>(other, 4) == got));
}

TEST_CASE("Comm::bcast gives an object of one group's root to the other group", "[object][collective][intercomm]") {
    for_each_root([](const Halves& halves, Role role) {
        for (const std::size_t n : sizes) {
            const Table expected = role.receives || role.is_root ? table(role.world_rank, n) : Table();
            const Table mine = role.is_root ? expected : Table{{"ignored", {1}}};
            const auto is_right = [&](const Table& got) { return got == expected || (!role.receives && !role.is_root); };
            CHECK(is_right(halves.comm.bcast(mine, role.root)));
            CHECK(is_right(halves.comm.bcast(Table(mine), role.root)));
            if (role.world_rank < 2)  // MPICH 4.0's Ibcast gives another group what its first process has, whoever the root is
                CHECK(is_right(halves.comm.ibcast(mine, role.root).wait()));
            CHECK((halves.comm.bcast(numbers(role.world_rank, n), role.root) == numbers(role.world_rank, n) || !role.receives));
        }
    });
}

TEST_CASE("Comm::bcast between groups tells of a wrong type", "[object][collective][intercomm][error]") {
    for_each_root([](const Halves& halves, Role role) {
        for (const std::size_t n : sizes) {
            const auto refused = [&](auto bcast) { return !thrown<MPI::Exception>(bcast).empty(); };
            CHECK(refused([&] {
                      if (role.receives)
                          (void)halves.comm.bcast(1, role.root);
                      else
                          (void)halves.comm.bcast(Table{{"x", Numbers(n)}}, role.root);
                  }) == role.receives);
            CHECK((halves.comm.bcast(numbers(role.world_rank, n), role.root) == numbers(role.world_rank, n) || !role.receives));
        }
    });
}

TEST_CASE("Comm::gather and scatter go between the root and the other group", "[object][collective][intercomm]") {
    for_each_root([](const Halves& halves, Role role) {
        const MPI::Comm& comm = halves.comm;
        const int own = MPI::COMM_WORLD.rank();
        for (const std::size_t n : sizes) {
            const auto all = of_all(halves.others, [n](int rank) { return numbers(rank, n); });
            const auto gathered = role.is_root ? all : std::vector<Numbers>();
            CHECK((comm.gather(numbers(own, n), role.root) == gathered));
            CHECK((comm.igather(numbers(own, n), role.root).wait() == gathered));

            const auto parts = role.is_root ? of_all(halves.others, [n](int rank) { return numbers(rank + 1, n); }) : std::vector<Numbers>();
            const Numbers part = role.receives ? numbers(own + 1, n) : Numbers();
            CHECK((comm.scatter(parts, role.root) == part));
            CHECK((comm.iscatter(parts, role.root).wait() == part));
        }
    });
}

TEST_CASE("Comm::scatter between groups refuses a wrong number of objects where there are any", "[object][collective][intercomm][error]") {
    for_each_root([](const Halves& halves, Role role) {
        const auto refused = [&](std::size_t n, bool nonblocking) {
            return !thrown<std::invalid_argument>([&] {
                        const std::vector<std::string> objects(n, "text");
                        (void)(nonblocking ? halves.comm.iscatter(objects, role.root).wait() : halves.comm.scatter(objects, role.root));
                    }).empty();
        };
        for (const bool nonblocking : {false, true}) {
            CHECK(refused(halves.others.size() + 1, nonblocking) == (role.is_root || role.receives));
            CHECK_FALSE(refused(halves.others.size(), nonblocking));
        }
    });
}

TEST_CASE("Comm::allgather and alltoall give each group the objects of the other", "[object][collective][intercomm]") {
    const Halves halves;
    if (halves.comm.is_null())
        return;
    const MPI::Comm& comm = halves.comm;
    const int own = MPI::COMM_WORLD.rank();
    for (const std::size_t n : sizes) {
        const auto all = of_all(halves.others, [n](int rank) { return numbers(rank, n); });
        CHECK((comm.allgather(numbers(own, n)) == all));
        CHECK((comm.iallgather(numbers(own, n)).wait() == all));
        const auto parts = of_all(halves.others, [own, n](int rank) { return numbers(10 * own + rank, n); });
        const auto exchanged = of_all(halves.others, [own, n](int rank) { return numbers(10 * rank + own, n); });
        CHECK((comm.alltoall(parts) == exchanged));
        CHECK((comm.ialltoall(parts).wait() == exchanged));
    }
    std::vector<MPI::ObjectRequest<std::vector<Numbers>>> several;  // under way at once
    for (const std::size_t n : sizes) several.push_back(comm.iallgather(numbers(own, n)));
    comm.ibarrier().Wait();
    comm.barrier();
    for (std::size_t i = several.size(); i-- > 0;)
        CHECK((several[i].wait() == of_all(halves.others, [&](int rank) { return numbers(rank, sizes[i]); })));
}

TEST_CASE("Comm::reduce and allreduce combine the objects of the other group", "[object][collective][intercomm]") {
    for_each_root([](const Halves& halves, Role role) {
        const MPI::Comm& comm = halves.comm;
        const int own = MPI::COMM_WORLD.rank();
        std::string joined;
        int sum = 0;
        for (const int rank : halves.others) {
            joined += letter(rank);
            sum += rank;
        }
        CHECK(comm.reduce(letter(own), MPI::SUM, role.root).value_or("nothing") == (role.is_root ? joined : "nothing"));
        CHECK(comm.ireduce(letter(own), MPI::SUM, role.root).wait().value_or("nothing") == (role.is_root ? joined : "nothing"));
        CHECK(comm.reduce(own, MPI::SUM, role.root).value_or(-1) == (role.is_root ? sum : -1));
        CHECK(comm.ireduce(own, MPI::SUM, role.root).wait().value_or(-1) == (role.is_root ? sum : -1));
        const std::string between = ", ";
        const auto list = comm.reduce(
            letter(own), [&between](const std::string& a, const std::string& b) { return a + between + b; }, role.root);
        CHECK((role.is_root ? list->size() == 3 * halves.others.size() - 2 : !list));
        CHECK(comm.allreduce(letter(own)) == joined);
        CHECK(comm.iallreduce(letter(own)).wait() == joined);
        CHECK(comm.allreduce(own) == sum);
        CHECK(comm.iallreduce(own).wait() == sum);
        CHECK(comm.allreduce(own, [](int a, int b) { return a + b; }) == sum);
        CHECK(comm.allreduce(std::string(50'000, letter(own)[0])).size() == 50'000 * halves.others.size());
    });
}
