// Lets the n-th allocation of an operation fail:
//
//   fail_new self            each operation on COMM_SELF, once for each of its allocations; the exception is caught, then all works as before
//   fail_new OPERATION N     one operation of all ranks, in which the last one's N-th allocation fails; nobody catches the exception
//   fail_new list            the names of the operations
#include <mpi4cxx/mpi4cxx.hpp>

#include <cereal/types/map.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

thread_local long left = -1;  // allocations until one fails; negative: none does

void* allocate(std::size_t size, std::size_t alignment) {
    if (left > 0 && --left == 0) {
        left = -1;
        throw std::bad_alloc();
    }
    void* memory =
        alignment <= alignof(std::max_align_t) ? std::malloc(size) : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory == nullptr)
        throw std::bad_alloc();
    return memory;
}

using Words = std::map<std::string, std::vector<double>>;
using Operation = void (*)(const MPI::Intracomm& comm);

const Words& words() {
    static const Words words = {{"a key too long to lie in the string itself", std::vector<double>(30, 1)}, {"large", std::vector<double>(20000, 2)}};
    return words;
}
int right(const MPI::Comm& comm) { return (comm.rank() + 1) % comm.size(); }
int left_of(const MPI::Comm& comm) { return (comm.rank() + comm.size() - 1) % comm.size(); }
void expect(bool condition) {
    if (!condition)
        throw std::logic_error("not what was sent");
}
Words merge(Words a, const Words& b) {
    a.insert(b.begin(), b.end());
    return a;
}
std::vector<Words> copies(const MPI::Comm& comm) { return std::vector<Words>(static_cast<std::size_t>(comm.size()), words()); }

// clang-format off
const std::map<std::string, Operation> operations = {
    {"isend, recv", [](const MPI::Intracomm& comm) {
         MPI::Request sent = comm.isend(words(), right(comm), 1);
         expect(comm.recv<Words>(left_of(comm), 1) == words());
         sent.Wait();
     }},
    {"irecv, send", [](const MPI::Intracomm& comm) {
         auto received = comm.irecv<Words>(left_of(comm), 1);
         comm.send(words(), right(comm), 1);
         expect(received.wait() == words());
     }},
    {"irecv, isend of what is moved in, test", [](const MPI::Intracomm& comm) {
         auto received = comm.irecv<Words>(left_of(comm), 1);
         MPI::Request sent = comm.isend(Words(words()), right(comm), 1);
         std::optional<Words> got;
         while (!got) got = received.test();
         expect(*got == words());
         sent.Wait();
     }},
    {"sendrecv", [](const MPI::Intracomm& comm) { expect(comm.sendrecv<Words>(words(), right(comm), 1, left_of(comm), 1) == words()); }},
    {"mprobe", [](const MPI::Intracomm& comm) {
         MPI::Request sent = comm.isend(words(), right(comm), 1);
         expect(comm.mprobe(left_of(comm), 1).recv<Words>() == words());
         sent.Wait();
     }},
    {"bcast", [](const MPI::Intracomm& comm) { expect(comm.bcast(words(), 0) == words()); }},
    {"scatter", [](const MPI::Intracomm& comm) { expect(comm.scatter(copies(comm), 0) == words()); }},
    {"gather", [](const MPI::Intracomm& comm) { (void)comm.gather(words(), 0); }},
    {"allgather", [](const MPI::Intracomm& comm) { expect(comm.allgather(words()) == copies(comm)); }},
    {"iallgather", [](const MPI::Intracomm& comm) { expect(comm.iallgather(words()).wait() == copies(comm)); }},
    {"alltoall", [](const MPI::Intracomm& comm) { expect(comm.alltoall(copies(comm)) == copies(comm)); }},
    {"allreduce", [](const MPI::Intracomm& comm) { expect(comm.allreduce(words(), merge) == words()); }},
    {"Allreduce by a function", [](const MPI::Intracomm& comm) {
         const std::vector<int> mine(100, 1);
         std::vector<int> sum(100);
         comm.Allreduce(mine, sum, MPI::Op::Create<int>([](int a, int b) { return a + b; }));
         expect(sum[99] == comm.size());
     }},
    {"Allgatherv", [](const MPI::Intracomm& comm) { expect(comm.Allgatherv(std::vector<int>(10, 1)).size() == 10 * static_cast<std::size_t>(comm.size())); }},
};
// clang-format on

/// Whether the n-th allocation of `operation` came, and failed.
bool fails(Operation operation, const MPI::Intracomm& comm, long n, bool here) {
    left = here ? n : -1;
    operation(comm);
    const bool reached = here && left < 0;
    left = -1;
    return reached;
}

void try_each_on_self() {
    const MPI::Intracomm comm = MPI::COMM_SELF.Dup();
    for (const auto& [name, operation] : operations) {
        operation(comm);  // what is made once, is made
        long failed = 0;
        for (long n = 1;; ++n) {
            alarm(20);
            try {
                if (!fails(operation, comm, n, true))
                    break;
            } catch (const std::bad_alloc&) {
                ++failed;
            } catch (const MPI::Exception& e) {  // of what a message claims
                if (std::strstr(e.what(), "no memory") == nullptr)
                    throw;
                ++failed;
            }
            left = -1;
            // A receive that was broken off has left its message.
            while (comm.Iprobe(MPI::ANY_SOURCE, 1)) (void)comm.recv<Words>(MPI::ANY_SOURCE, 1);
            const Words sent = {{"whole", {1, 2, 3}}};
            MPI::Request request = comm.isend(sent, 0, 2);
            expect(comm.recv<Words>(0, 2) == sent);
            request.Wait();
        }
        std::printf("%-40s %ld allocations failed\n", name.c_str(), failed);
        std::fflush(stdout);
        if (failed == 0)
            throw std::logic_error("no allocation failed in " + name);
    }
}

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) { return allocate(size, 1); }
[[gnu::noinline]] void* operator new[](std::size_t size) { return allocate(size, 1); }
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) { return allocate(size, static_cast<std::size_t>(alignment)); }
[[gnu::noinline]] void* operator new[](std::size_t size, std::align_val_t alignment) { return allocate(size, static_cast<std::size_t>(alignment)); }
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

int main(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "list") == 0) {
        for (const auto& [name, operation] : operations) std::puts(name.c_str());
        return 0;
    }
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    if (argc == 2) {
        try_each_on_self();
        return 0;
    }
    const Operation operation = operations.at(argv[1]);
    operation(world);
    alarm(20);
    const bool last = world.rank() == world.size() - 1;
    if (!fails(operation, world, std::atol(argv[2]), last) && last)
        std::puts("not reached");
}
