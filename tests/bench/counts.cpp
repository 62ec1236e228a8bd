// What one send and one receive of an object cost apart from MPI, over the MPI of loopback.cpp, in one process:
//
//   counts --list              prints the rows, each with a number of times that makes sense, and the peers
//   counts ROW PEER TIMES      exchanges it so many times
//
// Callgrind counts the instructions; linked with allocations.cpp, this prints the allocations of each exchange. The peer
// "copy" copies the object instead. All include the end of the new object.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "loopback.hpp"
#include "objects.hpp"
#include "peers.hpp"

using namespace bench;

extern std::size_t bench_allocations [[gnu::weak]];

namespace {

template <class T> void check(const T& got, const T& expected) {
    if (got == expected)
        return;
    std::fprintf(stderr, "counts: something else is received than was sent\n");
    std::abort();
}

template <class T> void copy(const T& object, int times) {
    const Counted here;
    for (; times > 0; --times) {
        T fresh = object;
        keep(fresh);
    }
}

template <class Library, class T> void exchange(const T& object, int times) {
    run_both(
        [&] {
            for (int i = 0; i < times; ++i) Library::send(object, 1);
        },
        [&] {
            for (int i = 0; i < times; ++i) {
                const T fresh = Library::template receive<T>(0);
                const Uncounted here;
                check(fresh, object);
            }
        });
}

template <class T> void exchange_into(const T& object, int times) {
    T reused{};
    run_both(
        [&] {
            for (int i = 0; i < times; ++i) Mpi4cxx::send(object, 1);
        },
        [&] {
            for (int i = 0; i < times; ++i) receive_into(mpi4cxx::COMM_WORLD, reused, 0);
        });
    check(reused, object);
}

template <class T> void work(std::string_view peer, const T& object, int times) {
    if (peer == "copy")
        copy(object, times);
    else if (peer == "mpi4cxx")
        exchange<Mpi4cxx>(object, times);
    else if (peer == "mpi4cxx into")
        exchange_into(object, times);
#ifdef BENCH_BOOST
    else if (peer == "Boost.MPI")
        exchange<Boost>(object, times);
#endif
    else
        std::exit(2);
}

/// What is made once, types and buffers, is made before anything is counted.
template <class T> void run(std::string_view peer, const T& object, int times) {
    work(peer, object, 2);
    count(true);
    work(peer, object, times);
    count(false);
    if (&bench_allocations != nullptr)
        std::printf("%.4g\n", static_cast<double>(bench_allocations) / times);
}

struct Row {
    const char* name;
    int times;
    void (*run)(std::string_view peer, int times);
};

const Row rows[] = {
    {"send struct", 1000, [](auto peer, int times) { run(peer, make_particle(), times); }},
    {"send string 100", 1000, [](auto peer, int times) { run(peer, make_string(), times); }},
    {"send map 2", 1000, [](auto peer, int times) { run(peer, make_map(2), times); }},
    {"send map 1000", 20, [](auto peer, int times) { run(peer, make_map(1000), times); }},
    {"send strings 1e4", 10, [](auto peer, int times) { run(peer, make_strings(10000), times); }},
    {"send vector 1e3", 200, [](auto peer, int times) { run(peer, make_doubles(1000), times); }},
    {"send vector 1e6", 4, [](auto peer, int times) { run(peer, make_doubles(1000000), times); }},
    {"send vectors 1000x100", 10, [](auto peer, int times) { run(peer, make_rows(), times); }},
};

}  // namespace

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "--list") {
        for (const Row& row : rows) std::printf("%d\t%s\n", row.times, row.name);
        std::printf("peers\tcopy\tmpi4cxx%s", ReceivedInto<Doubles> ? "\tmpi4cxx into" : "");
#ifdef BENCH_BOOST
        std::printf("\tBoost.MPI");
#endif
        std::printf("\n");
        return 0;
    }
    const mpi4cxx::Environment env(argc, argv, mpi4cxx::THREAD_SINGLE);
    if (argc != 4)
        return 2;
    for (const Row& row : rows)
        if (row.name == std::string_view(argv[1])) {
            row.run(argv[2], std::atoi(argv[3]));
            return 0;
        }
    return 2;
}
