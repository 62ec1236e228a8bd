// Counts the words of a text file in parallel: each process reads a range of bytes and counts the words that begin there.
//
// mpi4py:  file = MPI.File.Open(comm, path); size = file.Get_size()
//          file.Read_at_all(begin, text)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    const MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const auto path = std::filesystem::temp_directory_path() / ("mpi4cxx-text-" + std::to_string(comm.bcast(std::random_device()(), 0)));
    constexpr int words = 10000;
    if (comm.rank() == 0) {
        std::ofstream text(path);
        for (int i = 0; i < words; ++i) text << "word" << i << (i % 10 == 9 ? '\n' : ' ');
    }
    comm.Barrier();

    MPI::File file = MPI::File::Open(comm, path, MPI::MODE_RDONLY | MPI::MODE_DELETE_ON_CLOSE);
    const MPI::Offset size = file.Get_size(), begin = size * comm.rank() / comm.size(), end = size * (comm.rank() + 1) / comm.size();
    // A word begins where a space, or the beginning of the file, comes before it. So each process reads one byte more.
    const MPI::Offset before = begin == 0 ? 0 : 1;
    const std::vector<char> text = file.Read_at_all<char>(begin - before, end - begin + before);

    const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    bool after_space = before == 0;
    long count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_space(text[i]) && after_space && i >= static_cast<std::size_t>(before))
            ++count;
        after_space = is_space(text[i]);
    }
    long total = 0;
    comm.Allreduce(count, total);
    if (total != words)
        throw std::runtime_error("counted " + std::to_string(total) + " words");
    if (comm.rank() == 0)
        std::cout << total << " words in " << size << " bytes\n";
}
