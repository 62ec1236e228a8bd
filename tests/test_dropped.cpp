#include "support.hpp"

#include <mpi4cxx/cartcomm.hpp>
#include <mpi4cxx/distgraphcomm.hpp>
#include <mpi4cxx/graphcomm.hpp>
#include <mpi4cxx/intercomm.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// Tells whether communicators have been freed: what an attribute of each owns is gone then.
class Witness {
public:
    template <class Class> Class mark(Class comm) {
        auto mark = std::make_shared<int>(0);
        if (!comm.is_null())
            comm.Set_attr(key_, mark);
        marks_.push_back(mark);
        return comm;
    }
    [[nodiscard]] std::size_t left() const {
        return static_cast<std::size_t>(std::count_if(marks_.begin(), marks_.end(), [](const auto& mark) { return !mark.expired(); }));
    }

private:
    MPI::Keyval<MPI::Comm, std::shared_ptr<int>> key_ = MPI::Comm::Create_keyval<std::shared_ptr<int>>();
    std::vector<std::weak_ptr<int>> marks_;
};

/// Drops what `make` has made, as an exception does that this process catches.
template <class Make> void drop(Make make) {
    try {
        const auto dropped = make();
        throw 1;
    } catch (int) {}
}

template <class Make> void throw_away(const std::string& name, const MPI::Intracomm& comm, Make make) {
    Witness witness;
    for (int i = 0; i < 3; ++i) drop([&] { return witness.mark(make()); });
    (void)comm.Dup();
    INFO(name);
    CHECK(witness.left() == 0);
}

}  // namespace

TEST_CASE("A communicator that an exception drops is freed when the next is made of the same processes", "[comm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size(), rank = comm.rank();
        const std::vector<int> ring{(rank + 1) % size}, from{(rank + size - 1) % size};
        throw_away("Dup", comm, [&] { return comm.Dup(); });
        throw_away("Split", comm, [&] { return comm.Split(rank % 2); });
        throw_away("Split_type", comm, [&] { return comm.Split_type(MPI::COMM_TYPE_SHARED); });
        throw_away("Create", comm, [&] { return comm.Create(comm.Get_group()); });
        throw_away("Create_group", comm, [&] { return comm.Create_group(comm.Get_group()); });
        throw_away("Create_cart", comm, [&] { return comm.Create_cart({size}); });
        throw_away("Cartcomm::Sub", comm, [&] { return comm.Create_cart({size, 1}).Sub({true, false}); });
        throw_away("Create_dist_graph_adjacent", comm, [&] { return comm.Create_dist_graph_adjacent(from, ring); });
        throw_away("Create_dist_graph", comm, [&] { return comm.Create_dist_graph(std::vector<int>{rank}, {1}, ring); });
        throw_away("a child of one that is dropped too", comm, [&] {
            const auto parent = comm.Dup();
            return parent.Split(0, -rank);
        });
    });
}

TEST_CASE("Between two groups, too", "[comm][intercomm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    if (world.size() < 2)
        return;
    const MPI::Intracomm half = world.Split(world.rank() % 2);
    const auto join = [&] { return half.Create_intercomm(0, world, 1 - world.rank() % 2); };
    const MPI::Intercomm both = join();
    throw_away("Create_intercomm", world, join);
    throw_away("Dup", world, [&] { return both.Dup(); });
    throw_away("Merge", world, [&] { return both.Merge(); });
    Witness witness;
    drop([&] { return witness.mark(join()); });
    const MPI::Intercomm next = join();
    CHECK(witness.left() == 0);
}

TEST_CASE("Where some processes drop a communicator and others free it, all have freed it in the end", "[comm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    Witness witness;
    for (int thrower = 0; thrower < world.size(); ++thrower) {
        if (world.rank() == thrower)
            drop([&] { return witness.mark(world.Dup()); });
        else
            (void)witness.mark(world.Dup());
        world.Barrier();
    }
    (void)world.Dup();
    CHECK(witness.left() == 0);
}

TEST_CASE("What one process drops lasts as long as another has it", "[comm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    Witness witness;
    const bool drops = world.rank() == world.size() - 1, alone = world.size() == 1;
    MPI::Intracomm held;
    if (drops)
        drop([&] { return witness.mark(world.Dup()); });
    else
        held = witness.mark(world.Dup());
    for (int i = 0; i < 3; ++i) (void)world.Dup();
    CHECK(witness.left() == (alone ? 0 : 1));
    const int next = (world.rank() + 1) % (world.size() - 1 + alone);
    if (!drops && world.size() > 2)  // the others still talk on it
        CHECK(held.sendrecv<int>(held.rank(), next) == (held.rank() + world.size() - 2) % (world.size() - 1));
    held = MPI::Intracomm();
    (void)world.Dup();
    CHECK(witness.left() == 0);
}

TEST_CASE("Some of the processes free what only they have dropped", "[comm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    Witness of_half, of_world;
    const MPI::Intracomm half = world.Split(world.rank() % 2);
    drop([&] { return of_world.mark(world.Dup()); });
    // cleared by all
    (void)world.Dup();
    CHECK(of_world.left() == 0);
    if (world.rank() % 2 == 0) {  // the others do nothing
        for (int i = 0; i < 3; ++i) drop([&] { return of_half.mark(half.Dup()); });
        (void)half.Dup();
        CHECK(of_half.left() == 0);
    }
    drop([&] { return of_half.mark(world.Split(world.rank() == 0 ? 0 : MPI::UNDEFINED)); });
    (void)world.Dup();
    CHECK(of_half.left() == 0);
}

TEST_CASE("Communicators that exceptions drop do not run out", "[comm]") {
    for (int i = 0; i < 2100; ++i)  // of one process: of several they would take a busy machine minutes
        drop([] { return MPI::COMM_SELF.Dup(); });
    CHECK(MPI::COMM_WORLD.Dup().size() == MPI::COMM_WORLD.size());
}
