#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

namespace MPI = mpi4cxx;

TEST_CASE("Comm knows its processes", "[comm]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        CHECK(comm.rank() >= 0);
        CHECK(comm.rank() < comm.size());
    });
}
