#include "bench/findings.hpp"

#include "bench/units.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <utility>

namespace bench {

namespace {

/// Processes of one node that may run on the same cores only, more of them than there are cores. If others of the node's cores stay idle meanwhile,
/// that is a problem.
void find_crowded_cores(const std::vector<Place>& places, Findings& found) {
    std::map<std::pair<int, std::vector<int>>, std::vector<int>> groups;  // ranks by node and cores
    std::map<int, std::set<int>> used;                                    // cores by node
    for (int rank = 0; rank < std::ssize(places); ++rank) {
        const Place& place = places[static_cast<std::size_t>(rank)];
        groups[{place.node, place.cores}].push_back(rank);
        used[place.node].insert(place.cores.begin(), place.cores.end());
    }
    for (const auto& [key, ranks] : groups) {
        const Place& place = places[static_cast<std::size_t>(ranks.front())];
        if (place.cores.empty() || ranks.size() <= place.cores.size())
            continue;
        if (place.cores.size() == 1 && std::ssize(used[place.node]) < place.machine_cores)
            found.problems.push_back(ranks_text(ranks) + " are all bound to core " + ranges_text(place.cores) + " of " + place.host + ", which has " +
                                     std::to_string(place.machine_cores) +
                                     ": bind each to its own, by mpiexec's -bind-to core (Open MPI: --bind-to core) or srun's --cpu-bind=cores");
        else
            found.warnings.push_back(ranks_text(ranks) + " share " + count_text(std::ssize(place.cores), "core", "cores") + " of " + place.host +
                                     ": processes that wait take time from those that work");
    }
}

/// Fewer nodes than were asked for.
void find_idle_nodes(const std::vector<Place>& places, Findings& found) {
    std::set<std::string> hosts;
    for (const Place& place : places) hosts.insert(place.host);
    for (const char* name : {"SLURM_STEP_NUM_NODES", "SLURM_JOB_NUM_NODES", "SLURM_NNODES", "OMPI_MCA_orte_num_nodes"}) {
        const char* const variable = std::getenv(name);
        if (variable == nullptr)
            continue;
        const long asked = std::min(std::atol(variable), static_cast<long>(places.size()));
        if (asked > std::ssize(hosts))
            found.problems.push_back("all " + count_text(std::ssize(places), "process", "processes") + " run on " +
                                     (hosts.size() == 1 ? "one node, " + *hosts.begin() : std::to_string(hosts.size()) + " nodes") + ", although " +
                                     name + " is " + variable + ": spread them, by mpiexec's -ppn 1 (Open MPI: --map-by node) or srun's -N");
        return;
    }
}

/// Processes of one machine that do not share memory.
void find_separate_memory(const std::vector<Place>& places, Findings& found) {
    std::map<std::string, int> first;
    for (int rank = 0; rank < std::ssize(places); ++rank) {
        const Place& place = places[static_cast<std::size_t>(rank)];
        const int other = first.try_emplace(place.host, rank).first->second;
        if (places[static_cast<std::size_t>(other)].node == place.node)
            continue;
        found.problems.push_back(ranks_text({other, rank}) + " run on " + place.host +
                                 ", but MPI finds no memory that they share, so their messages go through the network: containers must share "
                                 "/dev/shm and see one another's processes (docker run --ipc=host --pid=host)");
        return;
    }
}

/// Nodes whose shared memory is missing or small.
void find_small_memory(const std::vector<Place>& places, Findings& found) {
    constexpr MPI::Count least = 16 << 20;  // of each process
    for (const Node& node : nodes_of(places)) {
        const Place& place = places[static_cast<std::size_t>(node.ranks.front())];
        if (!place.has_shared_memory)
            found.problems.push_back("/dev/shm of " + node.host + " is missing or cannot be written: MPI needs it for messages within a node");
        else if (place.free_shared_memory < least * std::ssize(node.ranks))
            found.warnings.push_back("/dev/shm of " + node.host + " has only " + bytes_text(place.free_shared_memory >> 20 << 20) +
                                     " left: large messages and windows may fail (docker run --shm-size)");
    }
}

}  // namespace

std::string alone(const MPI::Launcher& launcher, int world_size) {
    if (world_size != 1 || launcher.size == 1)
        return {};
    const MPI::Vendor library = MPI::get_vendor();
    return "launcher and library do not agree: " + std::string(launcher.name) + " started " + std::to_string(launcher.size) +
           " processes, but each is alone in its world, for the program is linked to " + library.name + ": " + launcher.instead;
}

Findings examine(const std::vector<Place>& places) {
    Findings found;
    find_crowded_cores(places, found);
    find_idle_nodes(places, found);
    find_separate_memory(places, found);
    find_small_memory(places, found);
    if (MPI::Query_thread() < MPI::THREAD_MULTIPLE)
        found.warnings.emplace_back("only one thread may call MPI at a time, so long objects move only while the program is in the library");
    return found;
}

}  // namespace bench
