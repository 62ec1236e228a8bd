// Reads a checkpoint, checks it, and writes one after the other until it is killed. Rank 0 says what it has read and written.
//
// usage: checkpoint FILE [read]
#include <mpi4cxx/checkpoint.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

using State = std::map<std::string, std::vector<int>>;

/// The state of a number, of which the size differs from that of the one before.
static State state_of(int number, int rank) {
    return {{"number", {number}}, {"data", std::vector<int>(static_cast<std::size_t>((number * 7919 + rank) % 60000), number)}};
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::filesystem::path path = argv[1];
    int number = 0;
    if (comm.bcast(std::filesystem::exists(path), 0)) {
        const State state = MPI::load<State>(comm, path);
        number = state.at("number").at(0);
        const std::vector<int> numbers = comm.allgather(number);
        if (state != state_of(number, comm.rank()) || std::count(numbers.begin(), numbers.end(), number) != comm.size()) {
            std::printf("wrong on rank %d: %d\n", comm.rank(), number);
            comm.Abort(1);
        }
    }
    const std::vector<int> processes = comm.gather(static_cast<int>(getpid()), 0);
    const auto say = [&](const char* what) {
        if (comm.rank() == 0)
            std::printf("%s %d\n", what, number);
        std::fflush(stdout);
    };
    for (const int process : processes) std::printf("process %d\n", process);
    say("read");
    while (argc < 3) {
        ++number;
        MPI::dump(comm, path, state_of(number, comm.rank()));
        say("wrote");
    }
}
