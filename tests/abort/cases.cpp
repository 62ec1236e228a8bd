#include "../catch.hpp"

#include <mpi4cxx/intracomm.hpp>

#include <unistd.h>
#include <csignal>

namespace MPI = mpi4cxx;

TEST_CASE("A case that passes", "[abort]") { CHECK(getpid() > 0); }

TEST_CASE("A case that waits for ever", "[.][abort]") {
    int value = 0;
    MPI::COMM_WORLD.Recv(value, MPI::COMM_WORLD.rank());  // in MPI, as tests hang
}

TEST_CASE("A case that crashes", "[.][abort]") { std::raise(SIGSEGV); }
