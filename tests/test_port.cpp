// Ports, and processes that connect.
#include "support.hpp"

#include <mpi4cxx/detail/mpi/platform.hpp>
#include <mpi4cxx/environment.hpp>
#include <mpi4cxx/intercomm.hpp>
#include <mpi4cxx/port.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace MPI = mpi4cxx;

namespace {

const std::string program = TEST_SPAWNED;

const bool can_start = !MPI::detail::rarely_has_dynamic_processes();

void publish_and_close() {
    const std::string service = "mpi4cxx test " + std::to_string(getpid()) + " closing";
    {
        MPI::Port port = MPI::Port::Open();
        port.Publish(service);
    }
    CHECK(error_class([&] { (void)MPI::Lookup_name(service); }) == MPI::ERR_NAME);
    const std::string name = MPI::Open_port();
    MPI::Publish_name(service, name);
    CHECK(MPI::Lookup_name(service) == name);
    MPI::Unpublish_name(service, name);
    CHECK(error_class([&] { (void)MPI::Lookup_name(service); }) == MPI::ERR_NAME);
    MPI::Close_port(name);
    MPI::Port port = MPI::Port::Open();
    port.Publish(service);
    port.Unpublish();
    CHECK(port.service_name().empty());
    port.Publish(service);
    port.Close();
    CHECK(port.is_null());
}

}  // namespace

TEST_CASE("A name that is none of a port is an error on all processes", "[process]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    for (const std::string& name : {std::string(), std::string(5000, 'x')}) {
        CHECK(contains(error_of_class(MPI::ERR_PORT, [&] { (void)comm.Connect(name); }), "is not the name of a port"));
        CHECK(
            contains(error_of_class(MPI::ERR_PORT, [&] { (void)comm.Accept(name, MPI::INFO_NULL, comm.size() - 1); }), "is not the name of a port"));
    }
    CHECK(!thrown<MPI::Exception>([&] { (void)comm.Connect("nonsense"); }).empty());
    CHECK(error_class([&] { (void)comm.Accept("", MPI::INFO_NULL, -1); }) == MPI::ERR_ROOT);
}

TEST_CASE("A file that is no socket cannot join", "[process]") {
    CHECK(contains(thrown<std::invalid_argument>([] { (void)MPI::Comm::Join(999); }), "999 is not the file descriptor of a stream socket"));
    CHECK(!thrown<std::invalid_argument>([] { (void)MPI::Comm::Join(STDOUT_FILENO); }).empty());
}

TEST_CASE("A null port refuses what needs an open one", "[process]") {
    MPI::Port port;
    CHECK(port.is_null());
    CHECK(!port);
    CHECK(port.name().empty());
    CHECK(contains(thrown<std::invalid_argument>([&] { port.Publish("service"); }), "Publish: the port is null"));
    CHECK(contains(thrown<std::invalid_argument>([&] { port.Close(); }), "Close: the port is null"));
    port.Unpublish();
}

TEST_CASE("An unknown service is an error of class ERR_NAME", "[process]") {
    CHECK(contains(error_of_class(MPI::ERR_NAME, [] { (void)MPI::Lookup_name("no such service"); }), "server"));
}

// Open MPI 4.1 may hang when a job starts processes again and again, in C too. So few of these cases start any.

TEST_CASE("Spawned processes connect to a port, which they find by the name of a service", "[process]") {
    if (can_start) {
        const MPI::Intracomm& comm = MPI::COMM_WORLD;
        const std::string service = "mpi4cxx test " + std::to_string(comm.bcast(getpid()));
        MPI::Port port;
        if (comm.rank() == 0) {
            port = MPI::Port::Open();
            port.Publish(service);
            CHECK(port.service_name() == service);
            CHECK(contains(thrown<std::invalid_argument>([&] { port.Publish("another"); }), service));
            CHECK(MPI::Lookup_name(service) == port.name());
        }
        CHECK(port.is_null() == (comm.rank() != 0));
        const MPI::Intercomm children = comm.Spawn(program, {"connect", service}, 2);
        const MPI::Intercomm clients = comm.Accept(port.name());
        CHECK(clients.remote_size() == 2);
        for (int client = 0, number = 0; client < (comm.rank() == 0 ? 2 : 0); ++client) {
            clients.Recv(number, client, 4);
            CHECK(number == client);
        }
        const bool was_null = port.is_null();
        const MPI::Port moved = std::move(port);
        CHECK(port.is_null());
        CHECK(moved.is_null() == was_null);
    }
}

TEST_CASE("A port takes back its name when it closes", "[process]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    for (int turn = 0; turn < (can_start ? world.size() : 0); ++turn) {  // MPICH 5 refuses names at random when several processes publish
        if (turn == world.rank())
            publish_and_close();
        world.Barrier();
    }
}

TEST_CASE("Two halves of the world connect", "[process]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    if (can_start)
        if (world.size() > 1) {
            const MPI::Intracomm half = world.Split(world.rank() % 2, world.rank());
            const MPI::Port port = world.rank() == 0 ? MPI::Port::Open() : MPI::Port();
            const std::string name = world.bcast(port.name());
            const MPI::Intercomm other = world.rank() % 2 == 0 ? half.Accept(name) : half.Connect(name);
            CHECK(other.remote_size() == (world.rank() % 2 == 0 ? world.size() / 2 : (world.size() + 1) / 2));
            int sum = 0;
            other.Allreduce(world.rank() % 2, sum);
            CHECK(sum == (world.rank() % 2 == 0 ? other.remote_size() : 0));
        }
}

TEST_CASE("Two processes join over a socket", "[process]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    if (can_start)
        if (world.size() > 1 && world.rank() < 2) {
            const MPI::Intracomm pair = world.Create_group(world.Get_group().Incl({0, 1}));
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            const std::string path = std::filesystem::temp_directory_path() / ("mpi4cxx_join_" + std::to_string(pair.bcast(getpid())));
            std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
            int fd = socket(AF_UNIX, SOCK_STREAM, 0);
            if (pair.rank() == 0) {
                REQUIRE(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
                REQUIRE(listen(fd, 1) == 0);
            }
            pair.Barrier();
            if (pair.rank() == 0) {
                const int accepted = accept(fd, nullptr, nullptr);
                close(fd);
                unlink(path.c_str());
                fd = accepted;
            } else {
                REQUIRE(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
            }
            const MPI::Intercomm other = MPI::Comm::Join(fd);
            close(fd);
            CHECK(other.remote_size() == 1);
            CHECK(other.sendrecv<std::string>(letter(pair.rank()), 0) == letter(1 - pair.rank()));
        }
}

TEST_CASE("What is not the name of a port is not closed", "[process][error]") {
    CHECK(contains(error_of_class(MPI::ERR_PORT, [] { MPI::Close_port(""); }), "\"\" is not the name of a port"));
}
