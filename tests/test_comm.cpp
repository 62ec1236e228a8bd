#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

int freed = 0;

MPI_Errhandler handler_of(MPI_Comm comm) {
    MPI_Errhandler handler = MPI_ERRHANDLER_NULL;
    MPI_Comm_get_errhandler(comm, &handler);
    return handler;
}

MPI_Comm raw_dup() {
    MPI_Comm raw = MPI_COMM_NULL;
    MPI_Comm_dup(MPI_COMM_WORLD, &raw);
    MPI_Comm_set_errhandler(raw, MPI_ERRORS_ARE_FATAL);
    return raw;
}

}  // namespace

extern "C" int MPI_Comm_free(MPI_Comm* comm) {
    ++freed;
    return PMPI_Comm_free(comm);
}

TEST_CASE("Comm knows its processes", "[comm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        int rank = -1, size = -1;
        MPI_Comm_rank(comm.handle(), &rank);
        MPI_Comm_size(comm.handle(), &size);
        CHECK(comm.Get_rank() == rank);
        CHECK(comm.Get_size() == size);
        CHECK(comm.rank() == rank);
        CHECK(comm.size() == size);
    });
    CHECK(MPI::COMM_SELF.size() == 1);
    CHECK(MPI::COMM_SELF.rank() == 0);
}

TEST_CASE("Comm has a name that can be set", "[comm]") {
    CHECK(MPI::COMM_WORLD.Get_name() == "MPI_COMM_WORLD");
    CHECK(MPI::COMM_SELF.name() == "MPI_COMM_SELF");
    MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    CHECK(comm.name().empty());
    comm.Set_name("mine");
    CHECK(comm.name() == "mine");
    comm.Set_name("");
    CHECK(comm.name().empty());
}

TEST_CASE("Comm::Compare tells identity, same order, same processes, and neither", "[comm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const MPI::Intracomm copy = world.Dup(), reverse = world.Split(0, -world.rank());
    const bool several = world.size() > 1;
    CHECK(MPI::Comm::Compare(world, world) == MPI::IDENT);
    CHECK(MPI::Comm::Compare(world, MPI::Comm::borrow(world.handle())) == MPI::IDENT);
    CHECK(MPI::Comm::Compare(world, copy) == MPI::CONGRUENT);
    CHECK(MPI::Comm::Compare(world, reverse) == (several ? MPI::SIMILAR : MPI::CONGRUENT));
    CHECK(MPI::Comm::Compare(world, MPI::COMM_SELF) == (several ? MPI::UNEQUAL : MPI::CONGRUENT));
    CHECK(copy != world);
    CHECK(world == MPI::Comm::borrow(MPI_COMM_WORLD));
}

TEST_CASE("Comm knows what kind it is", "[comm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    CHECK_FALSE(world.Is_inter());
    CHECK(world.Get_topology() == MPI::UNDEFINED);
    CHECK(world.Create_cart({world.size()}).Get_topology() == MPI::CART);
    if (world.size() == 1)
        return;
    const MPI::Intracomm half = world.Split(world.rank() % 2);
    MPI_Comm raw = MPI_COMM_NULL;
    MPI_Intercomm_create(half.handle(), 0, world.handle(), 1 - world.rank() % 2, 0, &raw);
    const MPI::Comm inter = MPI::Comm::take(raw);
    CHECK(inter.Is_inter());
    CHECK(inter.size() == half.size());
    CHECK(inter.Get_topology() == MPI::UNDEFINED);
}

TEST_CASE("Comm::take owns and makes errors exceptions, Comm::borrow does neither", "[comm]") {
    MPI_Comm raw = raw_dup();
    {
        const MPI::Comm borrowed = MPI::Comm::borrow(raw);
        freed = 0;
        CHECK(handler_of(raw) == MPI_ERRORS_ARE_FATAL);
    }
    CHECK(freed == 0);
    {
        const MPI::Comm taken = MPI::Comm::take(raw);
        CHECK(handler_of(raw) == MPI_ERRORS_RETURN);
        CHECK(error_class([&] { taken.Send(1, taken.size()); }) == MPI::ERR_RANK);
    }
    CHECK(freed == 1);
    CHECK(MPI::Comm::take(MPI_COMM_NULL).is_null());
    CHECK(MPI::Intracomm::take(MPI_COMM_NULL).is_null());
    CHECK(freed == 1);
}

TEST_CASE("A communicator is freed once, by Free or by the destructor", "[comm]") {
    freed = 0;
    {
        MPI::Intracomm a = MPI::COMM_WORLD.Dup();
        const MPI_Comm raw = a.handle();
        MPI::Intracomm b = std::move(a);
        CHECK(a.is_null());
        CHECK(b.handle() == raw);
        CHECK(freed == 0);
        b.Free();
        CHECK(freed == 1);
        CHECK(b.is_null());
        CHECK(error_class([&] { b.Free(); }) == MPI::ERR_COMM);
        freed = 1;
        b = MPI::COMM_WORLD.Dup();
        b = MPI::COMM_WORLD.Dup();  // frees what it had
        CHECK(freed == 2);
    }
    CHECK(freed == 3);
    MPI_Comm raw = std::move(MPI::COMM_WORLD.Dup()).release();
    CHECK(freed == 3);
    CHECK(MPI_Comm_free(&raw) == MPI_SUCCESS);
}

TEST_CASE("A communicator is freed by Disconnect, once", "[comm]") {
    freed = 0;
    {
        MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
        const int sent = comm.rank();
        int received = -1;
        MPI::Request request = comm.Irecv(received, left_of(comm));
        comm.Send(sent, right_of(comm));
        request.Wait();
        CHECK(received == left_of(comm));
        comm.Disconnect();
        CHECK(comm.is_null());
        CHECK(error_class([&] { comm.Disconnect(); }) == MPI::ERR_COMM);
    }
    CHECK(freed == 0);
    for (const MPI_Comm predefined : {MPI_COMM_WORLD, MPI_COMM_SELF}) {
        MPI::Comm comm = MPI::Comm::borrow(predefined);
        CHECK(contains(error_of_class(MPI::ERR_ARG, [&] { comm.Disconnect(); }), "the handle is predefined"));
        CHECK(comm.handle() == predefined);
    }
}

TEST_CASE("A communicator is not freed while an exception unwinds the process", "[comm]") {
    MPI_Comm raw = MPI_COMM_NULL;
    freed = 0;
    CHECK(thrown<std::runtime_error>([&] {
              const MPI::Intracomm comm = MPI::COMM_WORLD.Dup();
              raw = comm.handle();
              throw std::runtime_error("as on one process only");
          }) == "as on one process only");
    CHECK(freed == 0);
    MPI_Comm_free(&raw);
}

TEST_CASE("A call on a null communicator is an Exception of class ERR_COMM that names the function", "[comm]") {
    const MPI::Comm none;
    CHECK(none.is_null());
    CHECK_FALSE(none);
    CHECK(none == MPI::COMM_NULL);
    const auto refused = [](const std::string& function, auto f) {
        return error_of_class(MPI::ERR_COMM, f).find(function + ": the communicator is null: it comes of a Split with color UNDEFINED, ") == 0;
    };
    CHECK(refused("MPI_Comm_rank", [&] { (void)none.Get_rank(); }));
    CHECK(refused("MPI_Comm_size", [&] { (void)none.Get_size(); }));
    CHECK(refused("MPI_Comm_test_inter", [&] { (void)none.Is_inter(); }));
    CHECK(refused("MPI_Topo_test", [&] { (void)none.Get_topology(); }));
    CHECK(refused("MPI_Comm_compare", [&] { (void)MPI::Comm::Compare(none, MPI::COMM_WORLD); }));
    CHECK(refused("MPI_Comm_dup", [&] { (void)MPI::COMM_NULL.Dup(); }));
    CHECK(refused("MPI_Comm_split", [&] { (void)MPI::COMM_NULL.Split(); }));
    CHECK(refused("MPI_Comm_create", [&] { (void)none.Create(MPI::GROUP_EMPTY); }));
    CHECK(refused("MPI_Comm_split_type", [&] { (void)none.Split_type(MPI::COMM_TYPE_SHARED); }));
    CHECK(refused("MPI_Comm_dup_with_info", [&] { (void)none.Dup_with_info(MPI::INFO_NULL); }));
    CHECK(refused("MPI_Comm_idup", [&] { (void)none.Idup(); }));
    CHECK(refused("MPI_Comm_test_inter", [&] { (void)none.is_intra(); }));
    CHECK(refused("MPI_Comm_test_inter", [&] { (void)none.is_topo(); }));
    CHECK(refused("MPI_Comm_group", [&] { (void)none.Get_group(); }));
    CHECK(refused("MPI_Barrier", [&] { none.Barrier(); }));
    CHECK(refused("MPI_Comm_test_inter", [&] { none.Gather(1, {}); }));
    CHECK(refused("MPI_Send", [&] { none.Send(1, 0); }));
    CHECK(refused("MPI_Probe", [&] { none.Probe(); }));
    CHECK(refused("MPI_Iprobe", [&] { (void)none.Iprobe(); }));
    CHECK(refused("MPI_Mprobe", [&] { (void)none.Recv<int>(); }));
    CHECK(refused("MPI_Improbe", [&] { (void)none.Improbe(); }));
}

TEST_CASE("Comm::Dup keeps what a communicator is, and its class can be had again", "[comm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Cartcomm grid = comm.Create_cart({comm.size()});
        const MPI::Comm& any = grid;
        MPI::Comm copy = any.Dup(), clone = any.Clone();
        CHECK(MPI::Comm::Compare(any, copy) == MPI::CONGRUENT);
        CHECK(MPI::Cartcomm(std::move(copy)).dims() == grid.dims());
        CHECK(MPI::Topocomm(std::move(clone)).is_topo());
        const MPI::Comm half = any.Split(comm.rank() % 2);
        CHECK_FALSE(half.is_topo());
        CHECK(half.is_intra());
        CHECK(half.topology() == MPI::UNDEFINED);
    });
}

TEST_CASE("Comm::Idup gives a communicator when its request is complete", "[comm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        auto first = comm.Idup(), second = comm.Idup();  // both under way
        const MPI::Intracomm b = second.wait();
        std::optional<MPI::Intracomm> a;
        while (!(a = first.test())) {}
        CHECK(first.is_null());
        for (const MPI::Intracomm* copy : {&std::as_const(*a), &b}) {
            CHECK(MPI::Comm::Compare(comm, *copy) == MPI::CONGRUENT);
            CHECK(handler_of(copy->handle()) == MPI_ERRORS_RETURN);
            int sum = 0;
            copy->Allreduce(1, sum);
            CHECK(sum == comm.size());
        }
        const MPI::Comm& any = comm;
        CHECK(MPI::Comm::Compare(any, any.Idup().wait()) == MPI::CONGRUENT);
    });
}

TEST_CASE("A communicator that is made meanwhile is freed if nobody takes it", "[comm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    freed = 0;
    world.Idup().Wait();
    CHECK(freed == 1);
    { auto dropped = world.Idup(); }
    auto other = world.irecv<int>(0, 77);
    while (freed < 2) (void)other.test();  // drives what nobody waits for
    other.cancel();
    (void)other.wait();
    CHECK(freed == 2);
    { const MPI::Intracomm taken = world.Idup().wait(); }
    CHECK(freed == 3);
}

TEST_CASE("The class of a communicator is known at compile time", "[comm]") {
    STATIC_REQUIRE(std::is_same_v<decltype(MPI::COMM_WORLD.Dup()), MPI::Intracomm>);
    STATIC_REQUIRE(std::is_same_v<decltype(MPI::Cartcomm().Dup()), MPI::Cartcomm>);
    STATIC_REQUIRE(std::is_same_v<decltype(MPI::Cartcomm().Split()), MPI::Intracomm>);
    STATIC_REQUIRE(std::is_same_v<decltype(MPI::Distgraphcomm().Idup()), MPI::ObjectRequest<MPI::Distgraphcomm>>);
    STATIC_REQUIRE(std::is_same_v<decltype(MPI::Intercomm().Split()), MPI::Intercomm>);
    STATIC_REQUIRE(std::is_same_v<decltype(MPI::Comm().Dup()), MPI::Comm>);
    STATIC_REQUIRE(std::is_convertible_v<MPI::Cartcomm, MPI::Comm>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<MPI::Comm, MPI::Cartcomm>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<MPI::Intracomm, MPI::Cartcomm>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<MPI::Intracomm, MPI_Comm>);
}

TEST_CASE("Comm::Create makes a communicator of a group, null elsewhere", "[comm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int size = comm.size(), rank = comm.rank();
        std::vector<int> evens, backwards;
        for (int i = 0; i < size; i += 2) evens.push_back(i);
        for (int i = size; i-- > 0;) backwards.push_back(i);
        const MPI::Intracomm half = comm.Create(comm.Get_group().Incl(evens)), none = comm.Create(MPI::GROUP_EMPTY);
        CHECK(half.is_null() == (rank % 2 == 1));
        CHECK(none.is_null());
        if (half) {
            CHECK(half.size() == static_cast<int>(evens.size()));
            CHECK(half.rank() == rank / 2);
            CHECK(handler_of(half.handle()) == MPI_ERRORS_RETURN);
        }
        const MPI::Intracomm reverse = comm.Create(comm.group().Incl(backwards));
        CHECK(reverse.rank() == size - 1 - rank);
        const MPI::Comm& any = comm;
        CHECK(MPI::Comm::Compare(any.Create(any.Get_group()), comm) == MPI::CONGRUENT);
    });
}

TEST_CASE("Comm::Split_type puts processes together that share memory", "[comm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Intracomm node = comm.Split_type(MPI::COMM_TYPE_SHARED), reverse = comm.Split_type(MPI::COMM_TYPE_SHARED, -comm.rank());
        // One machine. But in MPICH 5 over UCX each process is a node of its own.
        const bool is_alone = comm.size() > 1 && node.size() == 1;
        CHECK((is_alone ? !MPI::detail::is_open_mpi() && !MPI::detail::is_mpich_before(50000000) : MPI::Comm::Compare(comm, node) == MPI::CONGRUENT));
        CHECK(reverse.rank() == (is_alone ? 0 : comm.size() - 1 - comm.rank()));
        CHECK(comm.Split_type(MPI::UNDEFINED).is_null());
        const MPI::Intracomm hinted = comm.Split_type(MPI::COMM_TYPE_SHARED, 0, MPI::Info::Create({{"unknown", "hint"}}));
        CHECK(hinted.size() == node.size());
    });
}

TEST_CASE("Comm::Split_type by parts of the machine works or says that this MPI cannot", "[comm]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    try {
        const MPI::Intracomm part = world.Split_type(MPI::COMM_TYPE_HW_UNGUIDED, world.rank());
        CHECK((part.is_null() || part.size() <= world.size()));
        const auto core = MPI::Info::Create({{"mpi_hw_resource_type", "no such thing"}});
        CHECK(world.Split_type(MPI::COMM_TYPE_HW_GUIDED, 0, core).is_null());
    } catch (const MPI::Exception& e) {
        CHECK(e.Get_error_class() == MPI::ERR_UNSUPPORTED_OPERATION);
        CHECK(contains(e.what(), "MPI_Comm_split_type on MPI_COMM_WORLD"));
        CHECK(contains(e.what(), "not supported by this MPI"));
    }
    CHECK(error_class([&] { (void)world.Split_type(77); }) == MPI::ERR_ARG);
}

TEST_CASE("Comm::Dup_with_info and Idup_with_info take hints", "[comm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const MPI::Info hints = MPI::Info::Create({{"unknown", "hint"}});
        const MPI::Intracomm copy = comm.Dup_with_info(hints), plain = comm.Dup_with_info(MPI::INFO_NULL), other = comm.Dup(hints);
        CHECK(MPI::Comm::Compare(comm, other) == MPI::CONGRUENT);
        CHECK(MPI::Comm::Compare(comm, copy) == MPI::CONGRUENT);
        CHECK(MPI::Comm::Compare(comm, plain) == MPI::CONGRUENT);
        copy.Barrier();
        try {
            const MPI::Intracomm later = comm.Idup_with_info(hints).wait(), last = comm.Idup(hints).wait();
            CHECK(MPI::Comm::Compare(comm, later) == MPI::CONGRUENT);
            CHECK(MPI::Comm::Compare(comm, last) == MPI::CONGRUENT);
        } catch (const MPI::Exception& e) {
            CHECK(e.Get_error_class() == MPI::ERR_UNSUPPORTED_OPERATION);
            CHECK(contains(e.what(), "MPI_Comm_idup_with_info on "));
            CHECK(contains(e.what(), "not supported by this MPI"));
        }
    });
}
