// The start of a process, for tests/bench/start. With START_IN_C it is that of a C program.
#ifdef START_IN_C
#include <mpi.h>
#else
#include <mpi4cxx/environment.hpp>
#endif

#include <malloc.h>

#include <cstdio>
#include <fstream>
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

void report(std::size_t before) { std::printf("%zu %ld\n", heap() - before, own_memory()); }

}  // namespace

int main(int argc, char** argv) {
    const std::size_t before = heap();
#ifdef START_IN_C
    int given = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &given);
    report(before);
    MPI_Finalize();
#else
    const mpi4cxx::Environment env(argc, argv);
    report(before);
#endif
}
