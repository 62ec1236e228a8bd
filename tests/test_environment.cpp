#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <thread>

namespace MPI = mpi4cxx;

TEST_CASE("MPI and the library tell their versions", "[environment]") {
    const MPI::Version version = MPI::Get_version();
    CHECK(version.version == MPI_VERSION);
    CHECK(version.subversion == MPI_SUBVERSION);
    CHECK(version.version >= 3);
    CHECK_FALSE(MPI::Get_library_version().empty());
#ifdef MPICH_VERSION
    CHECK(MPI::Get_library_version().find(MPICH_VERSION) != std::string::npos);
#endif
    CHECK(MPI4CXX_VERSION_MAJOR >= 0);
}

TEST_CASE("Get_processor_name names this machine", "[environment]") {
    const std::string name = MPI::Get_processor_name();
    CHECK_FALSE(name.empty());
    CHECK(name.size() < static_cast<std::size_t>(MPI::MAX_PROCESSOR_NAME));
    CHECK(name.find('\0') == std::string::npos);
}

TEST_CASE("Environment asks for all threads and knows the main one", "[environment][threads]") {
    CHECK(MPI::Is_initialized());
    CHECK_FALSE(MPI::Is_finalized());
    CHECK(MPI::Query_thread() >= MPI::THREAD_SINGLE);
    CHECK(MPI::Query_thread() <= MPI::THREAD_MULTIPLE);
    CHECK(MPI::Is_thread_main());
    if (MPI::Query_thread() == MPI::THREAD_MULTIPLE) {
        bool main = true;
        std::jthread([&] { main = MPI::Is_thread_main(); }).join();
        CHECK_FALSE(main);
    }
#ifdef MPICH_VERSION
    CHECK(MPI::Query_thread() == MPI::THREAD_MULTIPLE);
#endif
}

TEST_CASE("A nested Environment leaves MPI running", "[environment]") {
    {
        const MPI::Environment nested;
        const MPI::Environment again(MPI::THREAD_SINGLE);
        CHECK(MPI::Is_initialized());
    }
    CHECK_FALSE(MPI::Is_finalized());
    for_each_comm([](const MPI::Intracomm& comm) {
        CHECK(comm.sendrecv<std::string>(std::string(100'000, 'x'), (comm.rank() + 1) % comm.size()).size() == 100'000);
    });
}

TEST_CASE("An exception that is caught outside a nested Environment is no end", "[environment]") {
    try {
        const MPI::Environment nested;
        throw 1;
    } catch (int) {
        CHECK_FALSE(MPI::Is_finalized());
    }
}

TEST_CASE("Wtime goes on and Wtick is its step", "[environment]") {
    CHECK(MPI::Wtick() > 0);
    CHECK(MPI::Wtick() < 1);
    const double start = MPI::Wtime();
    double now = start;
    while (now <= start) now = MPI::Wtime();
    CHECK(now - start < 60);
}
