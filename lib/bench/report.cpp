#include "bench/report.hpp"

#include "bench/units.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

namespace bench {

namespace {

void print_line(const char* name, const std::string& text) { std::printf("%-12s%s\n", name, text.c_str()); }

std::string level_text(MPI::ThreadLevel level) {
    switch (level) {
    case MPI::THREAD_SINGLE: return "single";
    case MPI::THREAD_FUNNELED: return "funneled";
    case MPI::THREAD_SERIALIZED: return "serialized";
    case MPI::THREAD_MULTIPLE: return "multiple";
    }
    return "unknown";
}

/// Returns what MPICH says about its device, and the variables that choose a transport.
std::string transport() {
    std::string text;
    const std::string library = MPI::Get_library_version(), device = "MPICH Device:";
    if (const std::size_t found = library.find(device); found != std::string::npos) {
        const std::size_t begin = library.find_first_not_of(" \t", found + device.size());
        text = library.substr(begin, library.find('\n', begin) - begin);
    }
    for (const char* name : {"UCX_TLS", "UCX_NET_DEVICES", "FI_PROVIDER", "OMPI_MCA_pml", "OMPI_MCA_mtl", "OMPI_MCA_btl"})
        if (const char* const value = std::getenv(name); value != nullptr)
            text += (text.empty() ? "" : ", ") + std::string(name) + "=" + value;
    return text.empty() ? "not said by this MPI, and chosen by no variable" : text;
}

std::string launcher_text(const MPI::Launcher& launcher, int world_size) {
    if (*launcher.name != '\0' && launcher.size == world_size)
        return launcher.name;
    return world_size == 1 ? "none" : "not known";
}

void print_node(const Node& node, const std::vector<Place>& places) {
    std::set<int> cores;
    for (const int rank : node.ranks)
        cores.insert(places[static_cast<std::size_t>(rank)].cores.begin(), places[static_cast<std::size_t>(rank)].cores.end());
    const Place& place = places[static_cast<std::size_t>(node.ranks.front())];
    print_line("node", node.host + ": " + ranks_text(node.ranks) + "; cores " + ranges_text({cores.begin(), cores.end()}) + " of " +
                           std::to_string(place.machine_cores) + "; /dev/shm " + bytes_text(place.free_shared_memory >> 20 << 20) + " free");
}

}  // namespace

void print_machine(const std::vector<Place>& places, const MPI::Launcher& launcher) {
    const std::vector<Node> nodes = nodes_of(places);
    const MPI::Vendor vendor = MPI::get_vendor();
    const MPI::Version version = MPI::Get_version();
    std::printf("mpi4cxx-bench %d.%d.%d: %s on %s\n", MPI4CXX_VERSION_MAJOR, MPI4CXX_VERSION_MINOR, MPI4CXX_VERSION_PATCH,
                count_text(std::ssize(places), "process", "processes").c_str(), count_text(std::ssize(nodes), "node", "nodes").c_str());
    print_line("library", formatted("%s %d.%d.%d, MPI %d.%d", vendor.name.c_str(), vendor.major, vendor.minor, vendor.micro, version.version,
                                    version.subversion));
    print_line("transport", transport());
    print_line("threads", level_text(MPI::Query_thread()));
    print_line("launcher", launcher_text(launcher, static_cast<int>(places.size())));
    constexpr std::size_t most = 16;
    for (std::size_t i = 0; i < std::min(nodes.size(), most); ++i) print_node(nodes[i], places);
    if (nodes.size() > most)
        print_line("", "and " + std::to_string(nodes.size() - most) + " more");
}

void print_verdict(const Findings& found, std::vector<std::string> sentences, const MPI::Launcher& launcher, int world_size) {
    for (const std::string& warning : found.warnings) std::printf("warning: %s\n", warning.c_str());
    for (const std::string& problem : found.problems) std::printf("problem: %s\n", problem.c_str());
    if (!found.problems.empty())
        sentences = {count_text(std::ssize(found.problems), "problem", "problems")};
    else if (launcher_text(launcher, world_size) == launcher.name)
        sentences.emplace_back("launcher and library agree");
    std::printf("verdict: ");
    for (const std::string& sentence : sentences) std::printf("%s%s", &sentence == &sentences.front() ? "" : "; ", sentence.c_str());
    std::printf("\n");
}

bool print_config() {
    std::string problems;
    for (const MPI::Setting& one : MPI::get_settings()) {
        const char* const value = one.value();
        std::printf("%s %s\n    %s\n    allowed: %s\n    default: %s\n", one.name,
                    value == nullptr ? "is not set" : (std::string("= ") + value).c_str(), one.meaning, one.allowed, one.standard);
        if (const std::string problem = one.problem(); !problem.empty())
            problems += "problem: " + problem + "\n";
    }
    if (const std::string unknown = MPI::get_unknown_settings(); !unknown.empty())
        problems += "problem: the library has no variable " + unknown + "\n";
    std::fputs(problems.c_str(), stdout);
    return !problems.empty();
}

}  // namespace bench
