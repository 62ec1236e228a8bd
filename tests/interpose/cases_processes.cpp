#include "case.hpp"

#include <unistd.h>

#include <sys/socket.h>

#include <array>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

TEST_CASE("A failing function that starts or connects processes is an Exception with name, code and place", "[interposed]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    const std::string port = "1.0:1";  // what fails does not look
    std::array<int, 2> pair{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()) == 0);

    // clang-format off
    for (const Case& c : std::vector<Case>{
        Case("MPI_Comm_spawn", "", [&](MPI::Count) { (void)comm.Spawn("/bin/true"); }),
        Case("MPI_Comm_spawn_multiple", "", [&](MPI::Count) { (void)comm.Spawn_multiple({"/bin/true"}); }),
        Case("MPI_Comm_join", "", [&](MPI::Count) { (void)MPI::Comm::Join(pair[0]); }),
        Case("MPI_Comm_accept", "", [&](MPI::Count) { (void)comm.Accept(port); }),
        Case("MPI_Comm_connect", "", [&](MPI::Count) { (void)comm.Connect(port); }),
        Case("MPI_Open_port", "", [&](MPI::Count) { (void)MPI::Open_port(); }),
        Case("MPI_Close_port", "", [&](MPI::Count) { MPI::Close_port(port); }),
        Case("MPI_Publish_name", "", [&](MPI::Count) { MPI::Publish_name("service", port); }),
        Case("MPI_Unpublish_name", "", [&](MPI::Count) { MPI::Unpublish_name("service", port); }),
        Case("MPI_Lookup_name", "", [&](MPI::Count) { (void)MPI::Lookup_name("service"); }),
    }) check(c);
    // clang-format on
    for (const int fd : pair) close(fd);
}
