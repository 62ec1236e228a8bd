#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/memory.hpp>

#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// Tells `told` of its end, if it is not moved from.
struct Noisy {
    Noisy() = default;
    Noisy(std::size_t n, int receiver) : data(n, 1.0), told(receiver) {}
    Noisy(Noisy&& other) noexcept : data(std::move(other.data)), told(std::exchange(other.told, MPI::PROC_NULL)) {}
    Noisy& operator=(Noisy&& other) noexcept {
        std::swap(data, other.data);
        std::swap(told, other.told);
        return *this;
    }
    ~Noisy() {
        if (told == MPI::PROC_NULL)
            return;
        ++gone;
        (void)MPI::COMM_WORLD.isend(std::string("gone"), told, 9);
    }
    template <class Archive> void serialize(Archive& archive) { archive(data); }

    static inline int gone = 0;
    std::vector<double> data;
    int told = MPI::PROC_NULL;
};

}  // namespace

TEST_CASE("bsend of an object that does not fit the attached buffer sends nothing", "[object][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const std::vector<std::string> longer(2'000, "some text"), shorter{"second"};
        for (const bool nonblocking : {false, true}) {
            auto received = comm.irecv<std::vector<std::string>>(left_of(comm), 1);
            MPI::Attach_buffer(4'000);
            CHECK(error_class([&] {
                      if (nonblocking)
                          comm.ibsend(longer, right_of(comm), 1).Wait();
                      else
                          comm.bsend(longer, right_of(comm), 1);
                  }) == MPI::ERR_BUFFER);
            MPI::Detach_buffer();
            MPI::Request sent = comm.isend(shorter, right_of(comm), 1);
            CHECK(received.wait() == shorter);
            sent.Wait();
        }
        const BsendBuffer buffer;
        auto received = comm.irecv<std::vector<std::string>>(left_of(comm), 1);
        comm.bsend(longer, right_of(comm), 1);
        CHECK(received.wait() == longer);
        CHECK(error_class([&] { comm.bsend(longer, right_of(comm), -5); }) == MPI::ERR_TAG);
    });
}

TEST_CASE("The destructor of an object that was moved into a dropped send may call the library", "[object]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    for (const std::size_t n : {2U, 2'000U, 100'000U}) {
        auto told = comm.irecv<std::string>(left_of(comm), 9);
        (void)comm.isend(Noisy(n, right_of(comm)), right_of(comm), 1);
        CHECK(comm.recv<Noisy>(left_of(comm), 1).data == std::vector<double>(n, 1.0));
        auto never = comm.irecv<int>(left_of(comm), 77);
        while (Noisy::gone == 0) CHECK_FALSE(never.Test());  // which drives the send to its end
        Noisy::gone = 0;
        CHECK(told.wait() == "gone");
    }
}

TEST_CASE("Thousands of small sends are dropped and arrive", "[object]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    constexpr int n = 3'000;
    for (int i = 0; i < n; ++i)
        if (i % 2 == 0)
            (void)comm.isend(i, right_of(comm), 1);
        else
            (void)comm.issend(std::to_string(i), right_of(comm), 1);
    int right = 0;
    for (int i = 0; i < n; ++i)
        right += i % 2 == 0 ? comm.recv<int>(left_of(comm), 1) == i : comm.recv<std::string>(left_of(comm), 1) == std::to_string(i);
    CHECK(right == n);
    comm.Barrier();
}
