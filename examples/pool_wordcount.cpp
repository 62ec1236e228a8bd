// The words of all texts in a folder: one task per file, counted by any free worker, and merged as the counts come
//     for counts in executor.map(count, names, unordered=True):
//         total += counts  # collections.Counter
// Argument: the folder. EXAMPLE_DATA, the folder of the samples, comes from meson.build.
#include <mpi4cxx/futures.hpp>
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
namespace fs = std::filesystem;

using Counts = std::map<std::string, int>;

/// Words are letters, of any case.
static Counts count(const std::string& name) {
    std::ifstream file(name);
    if (!file)
        throw std::runtime_error("cannot read " + name);
    Counts counts;
    std::string word;
    for (char c; file.get(c);)
        if (const int code = static_cast<unsigned char>(c); std::isalpha(code) != 0)
            word += static_cast<char>(std::tolower(code));
        else if (!word.empty())
            ++counts[std::exchange(word, {})];
    if (!word.empty())
        ++counts[word];
    return counts;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    MPI::futures::MPIPoolExecutor executor;

    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(argc > 1 ? argv[1] : EXAMPLE_DATA "/texts"))
        names.push_back(entry.path().string());
    Counts total;
    for (const Counts& counts : executor.map({.unordered = true}, count, names))
        for (const auto& [word, n] : counts) total[word] += n;

    std::vector<std::pair<int, std::string>> ranking;
    int words = 0;
    for (const auto& [word, n] : total) {
        ranking.emplace_back(-n, word);
        words += n;
    }
    std::ranges::sort(ranking);
    std::printf("%zu files, %d words, %zu different ones\n", names.size(), words, total.size());
    for (std::size_t i = 0; i < std::min<std::size_t>(ranking.size(), 5); ++i) std::printf("%6d  %s\n", -ranking[i].first, ranking[i].second.c_str());
    if (ranking.empty())
        throw std::runtime_error("there are no words");
}
