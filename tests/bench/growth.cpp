// What one process pays for a call on all processes, counted: growth CASE c|cxx
//
// Prints figures of the busiest process and of the mean, in this order: calls of MPI, bytes in their buffers, the most memory that the call
// has at a time, and that MPI has within it. Memory is that of the first call, which makes what later calls use again. The others are those of a later one.
//
//   growth list     prints the names of the cases
//   growth check    checks that calls of MPI do not become more than `most` says
#include "growth.hpp"
#include "objects.hpp"

#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdio>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
using namespace bench;

namespace {

const MPI::Intracomm& comm = MPI::COMM_WORLD;
constexpr int tasks = 8;  // of a map, for each worker
int rank = 0, size = 0;
int argument_count = 0;
char** arguments = nullptr;
std::optional<MPI::Environment> environment;

const Map object = make_map(2);
const Doubles numbers = make_doubles(4);

/// As many bytes, for C.
int bytes() { return static_cast<int>(data_size(object)); }
std::vector<char> buffer(int objects = 1) { return std::vector<char>(static_cast<std::size_t>(objects) * data_size(object)); }

void bcast() { (void)comm.bcast(object); }
void bcast_c() { MPI_Bcast(buffer().data(), bytes(), MPI_BYTE, 0, MPI_COMM_WORLD); }

void gather() { (void)comm.gather(object); }
void gather_c() {
    auto all = buffer(rank == 0 ? size : 0);
    MPI_Gather(buffer().data(), bytes(), MPI_BYTE, all.data(), bytes(), MPI_BYTE, 0, MPI_COMM_WORLD);
}

void allgather() { (void)comm.allgather(object); }
void allgather_c() {
    auto all = buffer(size);
    MPI_Allgather(buffer().data(), bytes(), MPI_BYTE, all.data(), bytes(), MPI_BYTE, MPI_COMM_WORLD);
}

void alltoall() { (void)comm.alltoall(std::vector<Map>(static_cast<std::size_t>(size), object)); }
void alltoall_c() {
    auto all = buffer(size);
    MPI_Alltoall(buffer(size).data(), bytes(), MPI_BYTE, all.data(), bytes(), MPI_BYTE, MPI_COMM_WORLD);
}

void allreduce() { (void)comm.allreduce(object, Merge()); }
void allreduce_c() {
    Doubles sum(data_size(object) / sizeof(double)), own(sum);
    MPI_Allreduce(own.data(), sum.data(), static_cast<int>(sum.size()), MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
}

void allgatherv() { (void)comm.Allgatherv(numbers); }
void allgatherv_c() {
    const int own = static_cast<int>(numbers.size());
    std::vector<int> counts(static_cast<std::size_t>(size)), starts(counts);
    MPI_Allgather(&own, 1, MPI_INT, counts.data(), 1, MPI_INT, MPI_COMM_WORLD);
    std::exclusive_scan(counts.begin(), counts.end(), starts.begin(), 0);
    Doubles all(static_cast<std::size_t>(starts.back() + counts.back()));
    MPI_Allgatherv(numbers.data(), own, MPI_DOUBLE, all.data(), counts.data(), starts.data(), MPI_DOUBLE, MPI_COMM_WORLD);
}

void split() { (void)comm.Split(rank % 2, rank); }
void split_c() {
    MPI_Comm part = MPI_COMM_NULL;
    MPI_Comm_split(MPI_COMM_WORLD, rank % 2, rank, &part);
    MPI_Comm_free(&part);
}

void start() { environment.emplace(argument_count, arguments); }
void start_c() {
    int level = 0;
    MPI_Init_thread(&argument_count, &arguments, MPI_THREAD_MULTIPLE, &level);
}

double half(double x) { return x / 2; }
/// One task a message, and one message at a time, so that their number does not depend on how long tasks take.
void map() {
    if (MPI::futures::MPICommExecutor pool(comm, 0, {.prefetch = 1}); pool)
        for (const double result : pool.map({.chunksize = 1}, half, make_doubles(static_cast<std::size_t>(tasks * (size - 1))))) (void)result;
}

/// How many calls of MPI one process makes: `fixed`, and so many more for each doubling of the number of processes.
struct Most {
    long fixed = 0, a_doubling = 0;
};

struct Case {
    std::string_view name;
    void (*cxx)();
    void (*c)();
    Most most{};
};

constexpr Case cases[] = {
    {"bcast", bcast, bcast_c},          {"gather", gather, gather_c},          {"allgather", allgather, allgather_c},
    {"alltoall", alltoall, alltoall_c}, {"allreduce", allreduce, allreduce_c}, {"Allgatherv", allgatherv, allgatherv_c},
    {"Split", split, split_c},          {"Environment", start, start_c},       {"map", map, nullptr},
};

}  // namespace

/// What callgrind counts.
extern "C" [[gnu::noinline]] void counted(void (*run)()) { run(); }

namespace {

/// Only the first time is there for what begins MPI.
Cost cost_of(void (*run)(), bool repeats) {
    begin_counting();
    counted(run);
    const Cost first = end_counting();
    if (!repeats)
        return first;
    Cost least = first;
    for (int i = 0; i < 3; ++i) {
        PMPI_Barrier(MPI_COMM_WORLD);
        begin_counting();
        counted(run);
        const Cost next = end_counting();
        least.calls = std::min(least.calls, next.calls);
        least.bytes = std::min(least.bytes, next.bytes);
    }
    return least;
}

using Figures = std::array<long, 4>;

/// Returns the largest figures of all processes, and their sums.
std::pair<Figures, Figures> of_all(const Cost& cost) {
    const Figures own{cost.calls, cost.bytes, cost.memory, cost.mpi_memory};
    Figures largest{}, sums{};
    PMPI_Allreduce(own.data(), largest.data(), static_cast<int>(own.size()), MPI_LONG, MPI_MAX, MPI_COMM_WORLD);
    PMPI_Allreduce(own.data(), sums.data(), static_cast<int>(own.size()), MPI_LONG, MPI_SUM, MPI_COMM_WORLD);
    return {largest, sums};
}

void look_around() {
    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    PMPI_Comm_size(MPI_COMM_WORLD, &size);
}

int measure(const Case& test, bool in_c) {
    const auto run = in_c ? test.c : test.cxx;
    const bool begins = test.cxx == start;
    if (!begins) {
        start();
        look_around();
    }
    const Cost cost = cost_of(run, !begins);
    look_around();
    if (const auto [largest, sums] = of_all(cost); rank == 0) {
        for (std::size_t i = 0; i < largest.size(); ++i) std::printf("%ld %.6g ", largest[i], static_cast<double>(sums[i]) / size);
        std::printf("\n");
    }
    environment.reset();
    if (begins && in_c)
        MPI_Finalize();
    return 0;
}

int check() {
    start();
    look_around();
    const long doublings = std::bit_width(static_cast<unsigned>(size - 1));
    bool is_more = false;
    for (const Case& test : cases) {
        if (test.most.fixed == 0)
            continue;
        const long calls = of_all(cost_of(test.cxx, true)).first[0], most = test.most.fixed + test.most.a_doubling * doublings;
        if (rank == 0)
            std::printf("%s on %d processes: %ld calls of MPI, at most %ld\n", test.name.data(), size, calls, most);
        is_more |= calls > most;
    }
    environment.reset();
    return is_more ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    argument_count = argc;
    arguments = argv;
    const std::string_view name = argc > 1 ? argv[1] : "";
    if (name == "list")
        for (const Case& test : cases) std::printf("%s%s\n", test.name.data(), test.c == nullptr ? "" : " c");
    if (name == "list" || name == "check")
        return name == "list" ? 0 : check();
    const bool in_c = argc > 2 && std::string_view(argv[2]) == "c";
    for (const Case& test : cases)
        if (test.name == name && (!in_c || test.c != nullptr))
            return measure(test, in_c);
    return 2;
}
