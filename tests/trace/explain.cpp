// explain FOLDER: what the watchdog says of two ranks that have written there how they stand; without a folder, the number of ANY_TAG.
#include "trace/deadlock_report.hpp"

#include <cstdio>
#include <string>

int main(int argc, char** argv) {
    if (argc < 2)
        return std::printf("%d\n", MPI_ANY_TAG) < 0 ? 1 : 0;
    std::vector<mpi4cxx::trace::ProcessState> ranks(2);
    for (int rank = 0; rank < 2; ++rank)
        if (!ranks[static_cast<std::size_t>(rank)].load(argv[1] + std::string("/still.") + std::to_string(rank)))
            return 1;
    const auto [text, is_progressing] = mpi4cxx::trace::explain(ranks, 3);
    std::printf("%s%s\n", text.c_str(), is_progressing ? "moves" : "stands");
    return 0;
}
