// The words of all texts in a folder: every rank counts those of some files, and the counts are merged
//     mine = comm.scatter(shares, root=0)
//     total = comm.reduce(count(mine), op=lambda a, b: a + b, root=0)  # of collections.Counter
// Argument: the folder. EXAMPLE_DATA, the folder of the samples, comes from meson.build.
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
namespace fs = std::filesystem;

using Names = std::vector<std::string>;
using Counts = std::map<std::string, int>;

static Names texts_in(const fs::path& folder) {
    Names names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() == ".txt")
            names.push_back(entry.path().string());
    if (names.empty())
        throw std::runtime_error("there is no .txt file in " + folder.string());
    std::ranges::sort(names);
    return names;
}

/// Words are letters, of any case.
static Counts count(const Names& names) {
    Counts counts;
    for (const std::string& name : names) {
        std::ifstream file(name);
        if (!file)
            throw std::runtime_error("cannot read " + name);
        std::string word, line;
        while (std::getline(file, line))
            for (const char c : line + ' ')
                if (const int code = static_cast<unsigned char>(c); std::isalpha(code) != 0)
                    word += static_cast<char>(std::tolower(code));
                else if (!word.empty())
                    ++counts[std::exchange(word, {})];
    }
    return counts;
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;

    Names names;
    std::vector<Names> shares;
    if (comm.Get_rank() == 0) {
        names = texts_in(argc > 1 ? argv[1] : EXAMPLE_DATA "/texts");
        shares.resize(static_cast<std::size_t>(comm.Get_size()));
        for (std::size_t i = 0; i < names.size(); ++i) shares[i % shares.size()].push_back(names[i]);
    }
    const auto merge = [](Counts a, const Counts& b) {
        for (const auto& [word, n] : b) a[word] += n;
        return a;
    };
    const Names mine = comm.scatter(shares, 0);
    const std::optional<Counts> total = comm.reduce(count(mine), merge, 0);
    if (!total)
        return 0;

    int words = 0;
    std::vector<std::pair<int, std::string>> ranking;
    for (const auto& [word, n] : *total) {
        words += n;
        ranking.emplace_back(-n, word);
    }
    std::ranges::sort(ranking);
    ranking.resize(std::min<std::size_t>(ranking.size(), 10));
    std::ostringstream table;
    table << names.size() << " files, " << words << " words, " << total->size() << " different ones\n";
    for (const auto& [n, word] : ranking) table << std::setw(6) << -n << "  " << word << "\n";
    std::fputs(table.str().c_str(), stdout);
    if (*total != count(names))
        throw std::runtime_error("a single rank counts otherwise");
}
