// Processes that are started while the tests run.
#include "support.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/environment.hpp>
#include <mpi4cxx/intercomm.hpp>
#include <mpi4cxx/port.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using Words = std::vector<std::string>;

const std::string program = TEST_SPAWNED;

const bool can_start = !MPI::detail::rarely_has_dynamic_processes();

/// The children send their arguments to rank 0, in one message, and the number of their program in the next.
std::pair<Words, int> arguments_of(const MPI::Intercomm& children, int child) {
    Words words = children.recv<Words>(child, child);
    return {std::move(words), children.recv<int>(child, child)};
}

}  // namespace

TEST_CASE("A process that the launcher has started has no parent", "[refused]") {
    CHECK(MPI::Comm::Get_parent().is_null());
    CHECK(!MPI::Comm::Get_parent());
}

TEST_CASE("What cannot be started is an error on all processes", "[refused]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int last = comm.size() - 1;
    const std::string missing = error_of_class(MPI::ERR_SPAWN, [&] { (void)comm.Spawn("./no such program", {}, 2, MPI::INFO_NULL, last); });
    CHECK(contains(missing, "MPI_Comm_spawn"));
    CHECK(contains(missing, "no such program"));
    CHECK(contains(error_of_class(MPI::ERR_SPAWN, [&] { (void)comm.Spawn("no_such_program"); }), "no_such_program"));
    CHECK(contains(error_of_class(MPI::ERR_SPAWN, [&] { (void)comm.Spawn_multiple({program, "/no/program"}); }), "/no/program"));
    CHECK(error_class([&] { (void)comm.Spawn("/tmp"); }) == MPI::ERR_SPAWN);  // a folder
    const MPI::Info elsewhere = MPI::Info::Create({{"wdir", "/"}});
    CHECK(error_class([&] { (void)comm.Spawn("./" + std::filesystem::path(program).filename().string(), {}, 1, elsewhere); }) == MPI::ERR_SPAWN);
    CHECK(error_class([&] { (void)comm.Spawn(program, {}, 1, MPI::INFO_NULL, comm.size()); }) == MPI::ERR_ROOT);
}

TEST_CASE("Arguments of Spawn that do not fit are misuse on the root, and an error elsewhere", "[refused]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const auto text = [&](auto spawn) { return comm.rank() == 0 ? thrown<std::invalid_argument>(spawn) : error_of_class(MPI::ERR_OTHER, spawn); };
    CHECK(contains(text([&] { (void)comm.Spawn(program, {}, 0); }), "maxprocs is 0"));
    CHECK(contains(text([&] { (void)comm.Spawn_multiple({}); }), "0 commands"));
    CHECK(contains(text([&] { (void)comm.Spawn_multiple({program, program}, {{"a"}}); }), "2 commands, 1 args"));
    CHECK(contains(text([&] { (void)comm.Spawn_multiple({program}, {}, {1, 2}); }), "1 commands, 2 maxprocs"));
    const std::vector<MPI::Info> infos(3);
    CHECK(contains(text([&] { (void)comm.Spawn_multiple({program, program}, {}, {}, infos); }), "2 commands, 3 infos"));
    CHECK(contains(text([&] { (void)comm.Spawn_multiple({program, program}, {}, {1, -1}); }), "maxprocs is -1"));
}

TEST_CASE("An MPI without processes to start says what to do instead", "[refused]") {
    if (!can_start) {
        for (const MPI::Intracomm* comm : {&MPI::COMM_SELF, &MPI::COMM_WORLD}) {
            const std::string one = thrown<MPI::Exception>([&] { (void)comm->Spawn(program, {"nothing"}); });
            CHECK(contains(one, "MPI_Comm_spawn"));
            CHECK(contains(one, "mpiexec -n 1 ./program : -n 3 ./other"));
            CHECK(contains(one, "MPICH 5"));
            std::vector<int> codes;
            const std::string two = thrown<MPI::Exception>([&] { (void)comm->Spawn_multiple({program, program}, {}, {1, 2}, {}, 0, &codes); });
            CHECK(contains(two, "MPI_Comm_spawn_multiple"));
            CHECK(codes == std::vector<int>(3, MPI::ERR_SPAWN));
        }
        CHECK(contains(thrown<MPI::Exception>([] { (void)MPI::Open_port(); }), "mpiexec -n 1 ./server : -n 3 ./client"));
        CHECK(contains(thrown<MPI::Exception>([] { (void)MPI::Port::Open(); }), "MPI_Open_port"));
    }
}

TEST_CASE("Spawned processes have the arguments that the root gives", "[arguments]") {
    if (can_start) {
        const MPI::Intracomm& comm = MPI::COMM_WORLD;
        const int root = comm.size() - 1;
        const bool is_root = comm.rank() == root;
        Words words{"arguments", "two words", R"(back\slashes\\)"};
        std::vector<int> codes;
        const MPI::Intercomm children =
            comm.Spawn(is_root ? program : "ignored", is_root ? words : Words(), is_root ? 3 : -5, MPI::INFO_NULL, root, &codes);
        CHECK(children.remote_size() == 3);
        CHECK(children.size() == comm.size());
        CHECK(codes == std::vector<int>(3, MPI::SUCCESS));
        for (int child = 0; child < (comm.rank() == 0 ? 3 : 0); ++child) CHECK(arguments_of(children, child).first == words);
        words.back().clear();
        if (MPI::detail::reads_backslashes_of_arguments()) {
            CHECK(contains(thrown<MPI::Exception>([&] { (void)comm.Spawn(program, words, 1, MPI::INFO_NULL, root); }), "empty"));
        } else {
            const MPI::Intercomm child = comm.Spawn(program, words, 1, MPI::INFO_NULL, root);
            CHECK((comm.rank() != 0 || arguments_of(child, 0).first == words));
        }
    }
}

TEST_CASE("Several programs share one world", "[programs]") {
    if (can_start && MPI::detail::crashes_in_spawn_multiple()) {
        const std::string text = thrown<MPI::Exception>([] { (void)MPI::COMM_WORLD.Spawn_multiple({program, program}); });
        CHECK(contains(text, "start one after the other by Spawn"));
    } else if (can_start) {
        std::vector<MPI::Info> infos(2);
        infos[1] = MPI::Info::Create({{"wdir", "/"}});
        std::vector<int> codes;
        const MPI::Intercomm children =
            MPI::COMM_WORLD.Spawn_multiple({program, program}, {{"arguments", "a"}, {"arguments", "b", "c"}}, {1, 2}, infos, 0, &codes);
        CHECK(children.remote_size() == 3);
        CHECK(codes == std::vector<int>(3, MPI::SUCCESS));
        for (int child = 0; child < (children.rank() == 0 ? 3 : 0); ++child) {
            const auto [words, number] = arguments_of(children, child);
            CHECK(words == (child == 0 ? Words{"arguments", "a"} : Words{"arguments", "b", "c"}));
            CHECK(number == (child == 0 ? 0 : 1));
        }
    }
}

TEST_CASE("Parents and children exchange numbers, and merge", "[numbers]") {
    if (can_start) {
        const MPI::Intercomm children = MPI::COMM_WORLD.Spawn(program, {"double"}, 2);
        const bool is_root = children.rank() == 0;
        std::vector<double> numbers(1000, 1.5);
        for (int child = 0; child < (is_root ? 2 : 0); ++child) children.Send(numbers, child, 1);
        for (int child = 0; child < (is_root ? 2 : 0); ++child) {
            children.Recv(numbers, child, 2);
            CHECK(numbers == std::vector<double>(1000, 3));
        }
        const int root = is_root ? MPI::ROOT : MPI::PROC_NULL;
        int base = 10;
        children.Bcast(base, root);
        std::array<int, 2> gathered{};
        children.Gather({}, gathered, root);
        CHECK((!is_root || gathered == std::array{10, 11}));
        int sum = 0, other = 0;
        children.Allreduce(1, sum);
        CHECK(sum == 2);
        const MPI::Intracomm all = children.Merge();
        REQUIRE(all.size() == MPI::COMM_WORLD.size() + 2);
        all.Allreduce(all.rank(), sum);
        CHECK(sum == sum_to(all.size()));
        for (int child = 0; child < (is_root ? 2 : 0); ++child) {
            all.Recv(other, MPI::COMM_WORLD.size() + child, 3);
            CHECK(other == sum);
        }
    }
}

TEST_CASE("Objects of any size travel between parents and children", "[objects]") {
    if (can_start) {
        using Table = std::map<std::string, std::vector<double>>;
        const MPI::Intracomm& comm = MPI::COMM_WORLD;
        const auto table = [](int number) { return Table{{"short", {0.5}}, {"long", std::vector<double>(1 << 20, number)}}; };
        const int rank = comm.rank(), size = comm.size(), count = 2;
        const MPI::Intercomm children = comm.Spawn(program, {"objects"}, count);
        if (rank == 0)
            for (int child = 0; child < count; ++child) {
                auto sent = children.isend(table(100), child, 1);
                CHECK(children.recv<Table>(child, 2) == table(child));
                CHECK(children.recv<Words>(child, 3) == Words(5000, "from a child"));
                sent.Wait();
            }
        (void)children.bcast(table(1), rank == 0 ? MPI::ROOT : MPI::PROC_NULL);
        const std::vector<Table> gathered = children.gather(table(0), rank == 0 ? MPI::ROOT : MPI::PROC_NULL);
        for (std::size_t i = 0; i < gathered.size(); ++i) CHECK(gathered[i] == table(static_cast<int>(i)));
        CHECK(gathered.size() == (rank == 0 ? 2 : 0));
        CHECK(children.allgather(table(rank)).back() == table(count - 1));
        auto pending = children.iallgather(Words(5000, std::to_string(rank)));
        auto next = children.iallgather(table(2 * rank));
        CHECK(pending.wait().back() == Words(5000, std::to_string(count - 1)));
        CHECK(next.wait().back() == table(2 * (count - 1)));
        const MPI::Intracomm merged = children.Merge(false);
        CHECK(merged.bcast(rank == 0 ? table(3) : Table(), 0) == table(3));
        if (rank == 0)
            for (int child = 0; child < count; ++child) CHECK(merged.recv<Table>(size + child, 4) == table(child));
        CHECK(merged.allgather(table(rank)).back() == table(size + count - 1));
    }
}

TEST_CASE("Parents and children disconnect, by a call, a destructor or at their end", "[end]") {
    if (can_start) {
        MPI::Intercomm children = MPI::COMM_WORLD.Spawn(program, {"disconnect"});
        children.Disconnect();
        CHECK(children.is_null());
        MPI::Intercomm kept = MPI::COMM_WORLD.Spawn(program, {"nothing"});
        const MPI_Comm raw = std::move(kept).release();
        if (MPI::COMM_WORLD.size() % 2 == 0)  // otherwise MPI_Finalize disconnects
            (void)MPI::Intercomm::take_connected(raw);
    }
}

TEST_CASE("Parents and children disconnect in different ways after a collective call on objects", "[objects end]") {
    if (can_start) {
        const int root = MPI::COMM_WORLD.rank() == 0 ? MPI::ROOT : MPI::PROC_NULL;
        const Words expected = root == MPI::ROOT ? Words{"from a child"} : Words();
        {
            const MPI::Intercomm children = MPI::COMM_WORLD.Spawn(program, {"gather", "disconnect"});
            CHECK(children.gather(std::string(), root) == expected);
        }
        MPI::Intercomm children = MPI::COMM_WORLD.Spawn(program, {"gather"});
        CHECK(children.gather(std::string(), root) == expected);
        children.Disconnect();
    }
}
