// One log file, into which all processes write in the order of their ranks.
//
// mpi4py:  log = MPI.File.Open(comm, "log.txt", MPI.MODE_CREATE | MPI.MODE_WRONLY)
//          log.Write_ordered(line.encode())
#include <mpi4cxx/mpi4cxx.hpp>

#include <filesystem>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    const MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const auto path = std::filesystem::temp_directory_path() / ("mpi4cxx-log-" + std::to_string(comm.bcast(std::random_device()(), 0)));

    MPI::File log = MPI::File::Open(comm, path, MPI::MODE_CREATE | MPI::MODE_RDWR | MPI::MODE_DELETE_ON_CLOSE);
    std::string expected;
    for (int step = 0; step < 3; ++step) {
        const auto line = [&](int rank) { return "step " + std::to_string(step) + ": rank " + std::to_string(rank) + " has worked\n"; };
        log.Write_ordered(line(comm.rank()));  // lines may differ in length
        for (int rank = 0; rank < comm.size(); ++rank) expected += line(rank);
    }

    log.Sync();
    const std::vector<char> text = log.Read_at_all<char>(0);
    if (std::string(text.begin(), text.end()) != expected)
        throw std::runtime_error("the lines are not in the order of ranks");
    if (comm.rank() == 0)
        std::cout << expected;
}
