// Tutorial, chapter 4: calls that all ranks make together
//     words = comm.scatter(words, root=0)
//     lengths = comm.gather(len(word), root=0)
//     comm.Allgatherv(mine, [everything, counts])
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;

    std::vector<std::string> words;
    if (comm.rank() == 0)
        for (int p = 0; p < comm.size(); ++p) words.push_back("word" + std::string(static_cast<std::size_t>(p), '!'));
    const std::string word = comm.scatter(words, 0);                       // objects: one for each rank
    const std::vector<std::size_t> lengths = comm.gather(word.size(), 0);  // empty, but on rank 0
    for (const std::size_t length : lengths) std::printf("%zu ", length);

    const std::vector<double> mine(word.size(), 0.5);
    const std::vector<double> everything = comm.Allgatherv(mine);  // buffers: the lengths are exchanged first
    if (comm.rank() == 0)
        std::printf("letters, %zu numbers\n", everything.size());
}
