// Says which MPI it runs on and how many processes there are, or why it cannot run.
#include <mpi4cxx/mpi4cxx.hpp>

#include <exception>
#include <iostream>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) try {
    const MPI::Environment environment(argc, argv);
    if (MPI::COMM_WORLD.rank() == 0)
        std::cout << MPI::get_vendor().name << ", " << MPI::COMM_WORLD.size() << '\n';
} catch (const std::exception& e) {
    std::cout << "refused: " << e.what() << '\n';
}
