#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

namespace MPI = mpi4cxx;

namespace {

/// A timer that begins before MPI and ends after it.
struct Timer {
    ~Timer() {
        if (!MPI::Is_finalized() || MPI::Wtime() < begin || MPI::Wtick() != tick)
            std::abort();
    }
    const double begin = MPI::Wtime(), tick = MPI::Wtick();
} const timer;

}  // namespace

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
    CHECK(timer.begin > 0);
    CHECK(timer.tick > 0);
    double now = start;
    while (now <= start) now = MPI::Wtime();
    CHECK(now - start < 60);
}

TEST_CASE("get_vendor tells who made the MPI", "[environment]") {
    const MPI::Vendor vendor = MPI::get_vendor();
#ifdef MPICH_VERSION
    CHECK(vendor.name == "MPICH");
    CHECK(std::to_string(vendor.major) + "." + std::to_string(vendor.minor) + "." + std::to_string(vendor.micro) ==
          std::string(MPICH_VERSION).substr(0, std::string(MPICH_VERSION).find_first_not_of("0123456789.")));
#endif
#ifdef OMPI_MAJOR_VERSION
    CHECK(vendor.name == "Open MPI");
    CHECK(vendor.major == OMPI_MAJOR_VERSION);
    CHECK(vendor.minor == OMPI_MINOR_VERSION);
    CHECK(vendor.micro == OMPI_RELEASE_VERSION);
#endif
    CHECK(vendor.major > 0);
    const auto is = [](const MPI::Vendor& v, const char* name, int major, int minor, int micro) {
        return v.name == name && v.major == major && v.minor == minor && v.micro == micro;
    };
    CHECK(is(MPI::get_vendor("Intel(R) MPI Library 2021.10 for Linux* OS"), "Intel(R) MPI", 2021, 10, 0));
    CHECK(is(MPI::get_vendor("MVAPICH2 Version      :\t2.3.7\nMPICH Version: 3.2"), "MVAPICH2", 2, 3, 7));
    CHECK(is(MPI::get_vendor("MVAPICH Version      :\t3.0"), "MVAPICH", 3, 0, 0));
    CHECK(is(MPI::get_vendor("MPICH Version:\t4.0b1"), "MPICH", 4, 0, 0));
    CHECK(is(MPI::get_vendor("an MPI of ours 1.2.3"), "unknown", 0, 0, 0));
    CHECK(is(MPI::get_vendor(""), "unknown", 0, 0, 0));
    CHECK(is(MPI::get_vendor("MPICH"), "MPICH", 0, 0, 0));
}

TEST_CASE("MPI is initialized once", "[environment]") {
    CHECK(contains(thrown<std::invalid_argument>([] { MPI::Init(); }), "MPI_Init: MPI has been initialized already"));
    CHECK(contains(thrown<std::invalid_argument>([] { (void)MPI::Init_thread(); }), "MPI_Init_thread: MPI has been initialized already"));
    CHECK(MPI::Is_initialized());
}

TEST_CASE("A variable of the library has a value that is allowed", "[environment]") {
    CHECK(MPI::get_settings().size() >= 7);
    for (const MPI::Setting& one : MPI::get_settings()) CHECK(one.problem().empty());
    setenv("MPI4CXX_ERRORS", "nonsense", 1);
    const std::string sentence = "MPI4CXX_ERRORS is 'nonsense', but must be exception|abort|fatal";
    CHECK(MPI::get_settings().front().problem() == sentence);
    CHECK(contains(thrown<std::invalid_argument>([] { const MPI::Environment nested; }), ("Environment: " + sentence).c_str()));
    unsetenv("MPI4CXX_ERRORS");
    CHECK_NOTHROW(MPI::Environment());
}

TEST_CASE("A variable that looks like the library's is named", "[environment]") {
    CHECK(MPI::get_unknown_settings().empty());
    setenv("MPI4CXX_EROR", "", 1);
    CHECK(MPI::get_unknown_settings() == "MPI4CXX_EROR");
    unsetenv("MPI4CXX_EROR");
}

TEST_CASE("The launcher tells how many processes it has started", "[environment]") {
    const MPI::Launcher launcher = MPI::get_launcher();
    CHECK(launcher.size == MPI::COMM_WORLD.size());
    CHECK(launcher.rank == MPI::COMM_WORLD.rank());
}

TEST_CASE("Constants are the MPI's", "[environment]") {
    CHECK(MPI::VERSION == MPI::Get_version().version);
    CHECK(MPI::SUBVERSION == MPI::Get_version().subversion);
    CHECK(MPI::MAX_PORT_NAME == MPI_MAX_PORT_NAME);
    CHECK(MPI::MAX_DATAREP_STRING == MPI_MAX_DATAREP_STRING);
    CHECK(MPI::MAX_PSET_NAME_LEN >= 128);
    CHECK(MPI::MAX_STRINGTAG_LEN >= 128);
    CHECK(MPI::KEYVAL_INVALID == MPI_KEYVAL_INVALID);
    CHECK_NOTHROW(MPI::Pcontrol(0));
    CHECK_NOTHROW(MPI::Pcontrol(1));
}
