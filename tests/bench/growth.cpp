// What one process pays for a call on all processes, counted: growth CASE c|cxx
//
// Prints three lines: calls of MPI, bytes in their buffers, and the most memory that the call has at a time. Each is the figure of rank 0, the
// largest of the other ranks, and the mean of all. Memory is that of the first call, which makes what later calls use again. The other figures are
// those of a later one.
//
//   growth list     prints the names of the cases, and whether there is one in C
//   growth check    checks that calls of MPI and memory do not become more than `most` says
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

void reduce() { (void)comm.reduce(object, Merge()); }
void reduce_c() {
    Doubles sum(data_size(object) / sizeof(double)), own(sum);
    MPI_Reduce(own.data(), sum.data(), static_cast<int>(sum.size()), MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
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

/// What one process may need: calls of MPI, more of them for each doubling of the number of processes, memory for each process.
struct Most {
    long calls = 0, calls_a_doubling = 0, memory_a_process = 0;
};

struct Case {
    const char* name;
    void (*cxx)();
    void (*c)();
    Most most{};
};

constexpr Case cases[] = {
    {"bcast", bcast, bcast_c, {3}},
    {"gather", gather, gather_c, {6, 0, 3072}},
    {"allgather", allgather, allgather_c, {3, 0, 3072}},
    {"alltoall", alltoall, alltoall_c, {3, 0, 4096}},
    {"reduce", reduce, reduce_c, {13, 2}},
    {"allreduce", allreduce, allreduce_c, {17, 2}},
    {"Allgatherv", allgatherv, allgatherv_c, {4}},
    {"Split", split, split_c, {9}},
    {"Environment", start, start_c},
    {"map", map, nullptr},
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

using Figures = std::array<long, 3>;

Figures figures_of(const Cost& cost) { return {cost.calls, cost.bytes, cost.memory}; }

Figures combined(const Figures& own, MPI_Op op) {
    Figures all{};
    PMPI_Allreduce(own.data(), all.data(), static_cast<int>(own.size()), MPI_LONG, op, MPI_COMM_WORLD);
    return all;
}

void begin() {
    start();
    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    PMPI_Comm_size(MPI_COMM_WORLD, &size);
}

int measure(const Case& test, bool in_c) {
    const bool begins = test.cxx == start;
    if (!begins)
        begin();
    const Cost cost = cost_of(in_c ? test.c : test.cxx, !begins);
    PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
    PMPI_Comm_size(MPI_COMM_WORLD, &size);
    const Figures own = figures_of(cost), others = combined(rank == 0 ? Figures() : own, MPI_MAX), sums = combined(own, MPI_SUM);
    if (rank == 0)
        for (std::size_t i = 0; i < own.size(); ++i) std::printf("%ld %ld %.6g\n", own[i], others[i], static_cast<double>(sums[i]) / size);
    environment.reset();
    if (begins && in_c)
        MPI_Finalize();
    return 0;
}

bool is_more(const Case& test) {
    const auto [calls, bytes, memory] = combined(figures_of(cost_of(test.cxx, true)), MPI_MAX);
    const long most = test.most.calls + test.most.calls_a_doubling * std::bit_width(static_cast<unsigned>(size - 1));
    const long most_memory = 8192 + test.most.memory_a_process * size;
    if (rank == 0)
        std::printf("%s: %ld calls of MPI, at most %ld; %ld bytes of memory, at most %ld\n", test.name, calls, most, memory, most_memory);
    return calls > most || memory > most_memory;
}

int check() {
    begin();
    int wrong = 0;
    for (const Case& test : cases)
        if (test.most.calls != 0)
            wrong += is_more(test) ? 1 : 0;
    environment.reset();
    return wrong;
}

}  // namespace

int main(int argc, char** argv) {
    argument_count = argc;
    arguments = argv;
    const std::string_view name = argc > 1 ? argv[1] : "";
    if (name == "check")
        return check();
    if (name == "list")
        for (const Case& test : cases) std::printf("%s%s\n", test.name, test.c == nullptr ? "" : "\tc");
    if (name == "list")
        return 0;
    const bool in_c = argc > 2 && std::string_view(argv[2]) == "c";
    for (const Case& test : cases)
        if (test.name == name && (!in_c || test.c != nullptr))
            return measure(test, in_c);
    return 2;
}
