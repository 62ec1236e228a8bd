// No uppercase method allocates, once its thread has made the same call before, and lowercase ones little beside what they
// return.
#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <sys/mman.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <new>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using std::vector;

// MPI is written in C, so what is counted here is this library's and the test's own.
namespace {
thread_local std::size_t allocations = 0;
thread_local std::size_t allocated = 0;  // bytes
}  // namespace
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    allocated += size;
    if (void* memory = std::malloc(size == 0 ? 1 : size))
        return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

/// How often the second of two calls of `f` allocates.
std::size_t steady(auto f) {
    f();
    const std::size_t before = allocations;
    f();
    return allocations - before;
}

/// How many bytes `f` allocates.
std::size_t bytes_of(auto f) {
    const std::size_t before = allocated;
    f();
    return allocated - before;
}

/// Returns whether the kernel has been asked for huge pages at `address`.
bool is_in_huge_pages(const void* address) {
    std::ifstream mappings("/proc/self/smaps");
    bool is_here = false;
    for (std::string line; std::getline(mappings, line);) {
        std::uintptr_t begin = 0, end = 0;
        if (std::sscanf(line.c_str(), "%zx-%zx ", &begin, &end) == 2)
            is_here = begin <= reinterpret_cast<std::uintptr_t>(address) && reinterpret_cast<std::uintptr_t>(address) < end;
        else if (is_here && line.starts_with("VmFlags:"))
            return line.find(" hg") != std::string::npos;
    }
    return false;
}

/// Every process sends to the next one and receives from the one before.
struct Ring {
    const MPI::Intracomm& comm;
    int next = (comm.rank() + 1) % comm.size();
    int previous = (comm.rank() + comm.size() - 1) % comm.size();
};

}  // namespace

TEST_CASE("The counter counts", "[allocation]") {
    CHECK(steady([] {
              void* (*volatile allocate)(std::size_t) = ::operator new;  // a compiler may leave a vector out that nobody reads
              ::operator delete(allocate(12));
          }) == 1);
    CHECK(steady([] { (void)MPI::COMM_SELF.Allgatherv(vector<int>(3)); }) == 2);
}

TEST_CASE("Accessors do not allocate", "[allocation]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        CHECK(steady([&] { (void)comm.Get_rank(); }) == 0);
        CHECK(steady([&] { (void)comm.size(); }) == 0);
        CHECK(steady([&] { (void)comm.Is_inter(); }) == 0);
        CHECK(steady([&] { (void)comm.Get_topology(); }) == 0);
        CHECK(steady([&] { (void)MPI::Comm::Compare(comm, MPI::COMM_WORLD); }) == 0);
        CHECK(steady([&] { const MPI::Intracomm copy = comm.Dup(); }) == 0);
        CHECK(steady([&] { const MPI::Intracomm all = comm.Split(); }) == 0);
    });
}

TEST_CASE("Point-to-point calls do not allocate", "[allocation]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Ring ring{comm};
        vector<double> a(100), b(100);
        const std::span<double> view(b);
        MPI::Status status;
        CHECK(steady([&] { comm.Sendrecv(a, ring.next, 0, b, ring.previous, 0, &status); }) == 0);
        CHECK(steady([&] {
                  MPI::Request request = comm.Irecv(b, ring.previous);
                  comm.Send(a, ring.next);
                  request.Wait(&status);
              }) == 0);
        CHECK(steady([&] {
                  MPI::Request request = comm.Issend(a, ring.next, 5);
                  comm.Probe(ring.previous, 5, &status);
                  comm.Recv(view, ring.previous, 5);
                  request.Wait();
              }) == 0);
        CHECK(steady([&] {
                  MPI::Request request = comm.Irecv({b.data(), 100, MPI::DOUBLE}, ring.previous);
                  comm.Ssend({a.data(), 100, MPI::DOUBLE}, ring.next);
                  while (!request.Test()) {}
              }) == 0);
        CHECK(steady([&] {
                  MPI::Request request = comm.Isend(a, ring.next, 6);
                  comm.Mprobe(ring.previous, 6, &status).Recv(b);
                  request.Wait();
              }) == 0);
        CHECK(steady([&] { comm.Sendrecv(a, MPI::PROC_NULL, 0, b, MPI::PROC_NULL); }) == 0);
        CHECK(steady([&] { (void)comm.Iprobe(ring.previous, 77); }) == 0);
        CHECK(steady([&] { (void)comm.Improbe(ring.previous, 77); }) == 0);
        CHECK(steady([&] {
                  MPI::Request request = comm.Irecv(b, ring.previous, 77);
                  request.Cancel();
                  request.Wait(&status);
              }) == 0);
        comm.Barrier();
    });
}

TEST_CASE("Calls on few and on many requests do not allocate", "[allocation]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Ring ring{comm};
        for (const auto n : {std::size_t{3}, std::size_t{100}}) {
            vector<int> sent(n, comm.rank()), received(n);
            vector<MPI::Request> requests(2 * n);
            vector<MPI::Status> statuses(2 * n);
            const auto start = [&] {
                for (std::size_t i = 0; i < n; ++i) {
                    requests[i] = comm.Irecv(received[i], ring.previous, static_cast<int>(i));
                    requests[n + i] = comm.Isend(sent[i], ring.next, static_cast<int>(i));
                }
            };
            CHECK(steady([&] {
                      start();
                      MPI::Request::Waitall(requests);
                  }) == 0);
            CHECK(received == vector<int>(n, ring.previous));
            CHECK(steady([&] {
                      start();
                      MPI::Request::Waitall(requests, statuses);
                  }) == 0);
            CHECK(statuses[n - 1].Get_source() == ring.previous);
            CHECK(steady([&] {
                      start();
                      for (std::size_t i = 0; i < 2 * n; ++i) (void)MPI::Request::Waitany(requests);
                  }) == 0);
            CHECK(steady([&] {
                      start();
                      while (!MPI::Request::Testall(requests, statuses)) {}
                  }) == 0);
            CHECK(steady([&] {
                      start();
                      for (std::size_t done = 0; done < 2 * n;) done += MPI::Request::Testany(requests) ? 1 : 0;
                  }) == 0);
        }
    });
}

TEST_CASE("Collective calls do not allocate", "[allocation]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> part(4, comm.rank()), whole(4 * size), other(4 * size);
        int one = 1, sum = 0;
        const auto op = MPI::Op::Create<int>([](int a, int b) { return a + b; }, true);
        CHECK(steady([&] { comm.Barrier(); }) == 0);
        CHECK(steady([&] { comm.Bcast(part); }) == 0);
        CHECK(steady([&] { comm.Gather(part, whole); }) == 0);
        CHECK(steady([&] { comm.Scatter(whole, part); }) == 0);
        CHECK(steady([&] { comm.Allgather(part, whole); }) == 0);
        CHECK(steady([&] { comm.Alltoall(whole, other); }) == 0);
        CHECK(steady([&] { comm.Reduce(one, sum); }) == 0);
        CHECK(steady([&] { comm.Allreduce(one, sum); }) == 0);
        CHECK(steady([&] { comm.Allreduce(MPI::IN_PLACE, part, op); }) == 0);
        CHECK(steady([&] { comm.Reduce_scatter_block(whole, part); }) == 0);
        CHECK(steady([&] { comm.Scan(one, sum); }) == 0);
        CHECK(steady([&] { comm.Exscan(one, sum); }) == 0);
    });
}

TEST_CASE("Nonblocking collective calls that have nothing to keep do not allocate", "[allocation]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> part(4, comm.rank()), whole(4 * size), other(4 * size);
        const vector<int> counts(size, 4);
        int one = 1, sum = 0;
        const auto op = MPI::Op::Create<int>([](int a, int b) { return a + b; }, true);
        CHECK(steady([&] { comm.Ibarrier().Wait(); }) == 0);
        CHECK(steady([&] { comm.Ibcast(part).Wait(); }) == 0);
        CHECK(steady([&] { comm.Igather(part, whole).Wait(); }) == 0);
        CHECK(steady([&] { comm.Iscatter(whole, part).Wait(); }) == 0);
        CHECK(steady([&] { comm.Iallgather(part, whole).Wait(); }) == 0);
        CHECK(steady([&] { comm.Ialltoall(whole, other).Wait(); }) == 0);
        CHECK(steady([&] { comm.Ireduce(one, sum).Wait(); }) == 0);
        CHECK(steady([&] { comm.Iallreduce(one, sum).Wait(); }) == 0);
        CHECK(steady([&] { comm.Iscan(one, sum).Wait(); }) == 0);
        CHECK(steady([&] { comm.Ireduce_scatter_block(whole, part).Wait(); }) == 0);
        // what is kept has its place, its list, its counts and its displacements
        CHECK(steady([&] { comm.Iallreduce(one, sum, op).Wait(); }) == 1);
        CHECK(steady([&] { comm.Iallgatherv(part, {whole, counts}).Wait(); }) == 5);
    });
}

TEST_CASE("A persistent request allocates nothing when it is started and completed", "[allocation]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Ring ring{comm};
        const auto size = static_cast<std::size_t>(comm.size());
        int sent = 1, got = 0;
        vector<int> all(size);
        const vector<int> counts(size, 1);
        MPI::Prequest send = comm.Send_init(sent, ring.next), receive = comm.Recv_init(got, ring.previous);
        MPI::Prequest gather = comm.Allgatherv_init(sent, {all, counts});
        CHECK(steady([&] {
                  receive.Start();
                  send.Start();
                  gather.Start();
                  receive.Wait();
                  send.Wait();
                  gather.Wait();
              }) == 0);
    });
}

TEST_CASE("The v calls do not allocate, with either width of counts, packed or apart", "[allocation]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> part(4, comm.rank()), whole(4 * size), other(4 * size);
        const vector<int> narrow(size, 4);
        const vector<MPI::Count> wide(size, 4);
        vector<int> displs;
        vector<MPI::Aint> wide_displs;
        for (int i = 0; i < comm.size(); ++i) {
            displs.push_back(4 * i);
            wide_displs.push_back(4 * i);
        }
        for (const auto& blocks :
             {MPI::BufV{whole, narrow}, MPI::BufV{whole, narrow, displs}, MPI::BufV{whole, wide}, MPI::BufV{whole, wide, wide_displs}}) {
            CHECK(steady([&] { comm.Gatherv(part, blocks); }) == 0);
            CHECK(steady([&] { comm.Scatterv(blocks, part); }) == 0);
            CHECK(steady([&] { comm.Allgatherv(part, blocks); }) == 0);
            CHECK(steady([&] { comm.Alltoallv(blocks, {other, narrow}); }) == 0);
            CHECK(steady([&] { comm.Alltoallv(MPI::IN_PLACE, blocks); }) == 0);
        }
    });
}

TEST_CASE("Forms that return the result allocate it, nothing else", "[allocation]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Ring ring{comm};
        const vector<double> a(10);
        CHECK(steady([&] { (void)comm.Allgatherv(a); }) == 1);
        CHECK(steady([&] { (void)comm.Allgatherv(std::span<const double>()); }) == 0);  // an empty vector has no memory
        CHECK(steady([&] {
                  MPI::Request request = comm.Isend(a, ring.next);
                  (void)comm.Recv<double>(ring.previous);
                  request.Wait();
              }) == 1);
    });
}

TEST_CASE("A grid allocates what its methods return", "[allocation]") {
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const MPI::Cartcomm grid = world.Create_cart({world.size(), 1});
    const vector<int> coords = grid.Get_coords(grid.rank());
    CHECK(steady([&] { (void)grid.Get_dim(); }) == 0);
    CHECK(steady([&] { (void)grid.Shift(0, 1); }) == 0);
    CHECK(steady([&] { (void)grid.Get_cart_rank(coords); }) == 0);
    CHECK(steady([&] { (void)grid.Get_coords(0); }) == 1);
    CHECK(steady([&] { (void)grid.Get_topo(); }) == 3);
}

TEST_CASE("Small objects are sent and received without an allocation", "[allocation]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Ring ring{comm};
        if (ring.next == comm.rank())
            return;  // who sends to itself has to receive meanwhile
        struct Point {
            double x, y;
            int id;
        };
        const auto pass = [&](const auto& object) {
            return steady([&] {
                comm.send(object, ring.next, 1);
                (void)comm.recv<MPI::sent_as<decltype(object)>>(ring.previous, 1);
            });
        };
        CHECK(pass(42) == 0);
        CHECK(pass(Point{1, 2, 3}) == 0);
        CHECK(pass("short") == 0);
        CHECK(pass(std::string(100, 'x')) == 1);  // the receiver's
        CHECK(pass(vector<double>(100)) == 1);
        vector<double> small(100), into;
        std::string text(500, 'x'), text_into;
        CHECK(steady([&] {
                  comm.send(small, ring.next, 1);
                  comm.recv_into(into, ring.previous, 1);
                  comm.send(text, ring.next, 1);
                  comm.recv_into(text_into, ring.previous, 1);
              }) == 0);
    });
}

TEST_CASE("Large objects are received into the memory that is there", "[allocation]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Ring ring{comm};
        const std::size_t size = 20 << 20, n = size / sizeof(double);  // more than the library keeps
        for (const bool moved : {false, true}) {
            if (!moved && ring.next != comm.rank())
                continue;  // a receiver that is late is left a copy
            vector<double> sent(n, comm.rank()), into(n);
            const std::size_t bytes = bytes_of([&] {
                if (moved) {
                    MPI::Request send = comm.isend(std::move(sent), ring.next);
                    comm.recv_into(into, ring.previous);
                    send.wait();
                } else {
                    auto receive = comm.irecv<vector<double>>(ring.previous);  // the one that is returned
                    comm.send(sent, ring.next);
                    into = receive.wait();
                }
            });
            CHECK(into.back() == ring.previous);
            CHECK(bytes < (moved ? 0 : size) + (1 << 20));
        }
        vector<double> data(n, comm.rank());
        CHECK(bytes_of([&] { data = comm.bcast(std::move(data)); }) < 1 << 20);
        CHECK(data.back() == 0);
    });
}

TEST_CASE("Large memory that the library takes is to lie in huge pages", "[allocation]") {
    if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) {
        WARN("this kernel has no huge pages");
        return;
    }
    for_each_comm([](const MPI::Intracomm& comm) {
        const Ring ring{comm};
        constexpr std::size_t n = 1 << 20;
        const vector<double> sent(n, comm.rank());
        {
            MPI::Request request = comm.Isend(sent, ring.next);
            const vector<double> received = comm.Recv<double>(ring.previous);
            request.Wait();
            CHECK(received == vector<double>(n, ring.previous));
            CHECK(is_in_huge_pages(&received[n / 2]));
        }
        {
            auto request = comm.irecv<vector<double>>(ring.previous);
            comm.send(sent, ring.next);
            const vector<double> received = request.wait();
            CHECK(received == vector<double>(n, ring.previous));
            CHECK(is_in_huge_pages(&received[n / 2]));
        }
        for (const vector<double>& part : comm.allgather(sent)) CHECK(is_in_huge_pages(&part[n / 2]));
        const std::string text = comm.bcast(comm.rank() == 0 ? std::string(8 * n, 'a') : std::string());
        CHECK(text == std::string(8 * n, 'a'));
        CHECK((comm.rank() == 0 || is_in_huge_pages(&text[4 * n])));
    });
}

TEST_CASE("Memory that is not large stays in small pages", "[allocation]") {
    constexpr std::size_t size = 2 * MPI::detail::huge_from;
    void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    const auto* const middle = static_cast<std::byte*>(memory) + size / 2;
    CHECK(!is_in_huge_pages(middle));
    MPI::detail::prefer_huge_pages(memory, MPI::detail::huge_from - 1);
    CHECK(!is_in_huge_pages(static_cast<std::byte*>(memory) + size / 4));
    MPI::detail::prefer_huge_pages(memory, size);
    CHECK(is_in_huge_pages(middle) == std::filesystem::exists("/sys/kernel/mm/transparent_hugepage"));
    munmap(memory, size);
}
