// The start of a process, for tests/bench/start. With START_IN_C it is that of a C program.
#ifdef START_IN_C
#include <mpi.h>
#else
#include <mpi4cxx/environment.hpp>
#endif

#include <malloc.h>

#include <cstdio>
#include <fstream>
#include <optional>
#include <string>

namespace {

/// The bytes that malloc has given out.
std::size_t heap() {
    const struct mallinfo2 all = mallinfo2();
    return all.uordblks + all.hblkhd;
}

/// The KiB of memory that this process alone has, and has written to.
long own_memory() {
    std::ifstream file("/proc/self/smaps_rollup");
    long sum = 0, value = 0;
    for (std::string word; file >> word;)
        if (word == "Private_Dirty:" && file >> value)
            sum += value;
    return sum;
}

}  // namespace

#ifdef START_IN_C
/// What callgrind counts.
extern "C" [[gnu::noinline]] void begin(int argc, char** argv) {
    int given = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &given);
}
extern "C" void end() { MPI_Finalize(); }
#else
static std::optional<mpi4cxx::Environment> environment;
/// What callgrind counts.
extern "C" [[gnu::noinline]] void begin(int argc, char** argv) { environment.emplace(argc, argv); }
extern "C" void end() { environment.reset(); }
#endif

int main(int argc, char** argv) {
    const std::size_t before = heap();
    begin(argc, argv);
    std::printf("%zu %ld\n", heap() - before, own_memory());
    end();
}
