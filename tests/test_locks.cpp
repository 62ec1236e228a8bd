// Small messages take no lock of the library's, so threads do not wait for one another there.
#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/environment.hpp>

#include <dlfcn.h>
#include <pthread.h>
#include <array>
#include <string>

namespace MPI = mpi4cxx;

namespace {

thread_local int locks = 0;  // taken by the library

/// The file that has the code or the data at an address.
const void* module_of(const void* address) {
    Dl_info info{};
    return dladdr(address, &info) != 0 ? info.dli_fbase : nullptr;
}

/// How many locks `f` takes the second time.
int locks_of(auto f) {
    f();
    const int before = locks;
    f();
    return locks - before;
}

}  // namespace

// In place of the C library's, for all modules of the process.
extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
    static const auto next = reinterpret_cast<int (*)(pthread_mutex_t*)>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
    static const void* const library = module_of(reinterpret_cast<const void*>(&MPI::Get_library_version));
    if (library != nullptr && module_of(__builtin_return_address(0)) == library)
        ++locks;
    return next(mutex);
}

TEST_CASE("Small messages take no lock of the library's", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int right = right_of(comm), left = left_of(comm);
        const std::string text = "a small object";
        std::array<double, 3> typed{};
        const int buffered = locks_of([&] {
            MPI::Request sent = comm.isend(text, right);
            CHECK(comm.recv<std::string>(left) == text);
            sent.Wait();
        });
        CHECK(buffered == 0);
        if (comm.size() > 1)  // a small message is sent before its receive is posted, but not to the process itself by every MPI
            CHECK(locks_of([&] {
                      comm.send(text, right);
                      CHECK(comm.recv<std::string>(left) == text);
                  }) == 0);
        CHECK(locks_of([&] { CHECK(comm.sendrecv<int>(comm.rank(), right, 0, left, 0) == left); }) == 0);
        CHECK(locks_of([&] { CHECK(comm.bcast(text, 0) == text); }) == 0);
        CHECK(locks_of([&] { comm.Sendrecv(std::array<double, 3>{1, 2, 3}, right, 0, typed, left, 0); }) == 0);
        CHECK(locks_of([&] { comm.Allreduce(MPI::IN_PLACE, typed); }) == 0);
    });
}

TEST_CASE("A pending receive takes a lock, so locks are counted", "[object]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    CHECK(locks_of([&] {
              auto received = comm.irecv<int>(0);
              comm.send(1, 0);
              CHECK(received.wait() == 1);
          }) > 0);
}
