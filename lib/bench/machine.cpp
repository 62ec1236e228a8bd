#include "bench/machine.hpp"

#include "bench/units.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include <sched.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace bench {

namespace {

constexpr const char* shared_memory = "/dev/shm";

std::string host() {
    const char* const node = std::getenv("SLURMD_NODENAME");
    return node != nullptr ? node : MPI::Get_processor_name();
}

/// Returns the cores on which this process may run.
std::vector<int> own_cores() {
    constexpr int most = 1 << 16;
    cpu_set_t* const set = CPU_ALLOC(most);
    const std::size_t size = CPU_ALLOC_SIZE(most);
    std::vector<int> cores;
    if (sched_getaffinity(0, size, set) == 0)
        for (int core = 0; core < most; ++core)
            if (CPU_ISSET_S(core, size, set))
                cores.push_back(core);
    CPU_FREE(set);
    return cores;
}

/// Returns whether the MPI takes each process for a node. MPICH 5 over UCX does, and leaves it to UCX to find the memory that processes share.
bool puts_each_on_its_own_node() {
    const MPI::Vendor library = MPI::get_vendor();
    return library.name == "MPICH" && library.major >= 5 && MPI::Get_library_version().find("ch4:ucx") != std::string::npos;
}

Place place_of(const MPI::Intracomm& comm) {
    const MPI::Intracomm node = comm.Split_type(MPI::COMM_TYPE_SHARED);
    struct statvfs about {};
    const bool is_there = statvfs(shared_memory, &about) == 0 && access(shared_memory, W_OK) == 0;
    return {node.bcast(comm.rank(), 0),
            host(),
            own_cores(),
            static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)),
            is_there,
            is_there ? static_cast<MPI::Count>(about.f_bavail * about.f_frsize) : 0};
}

}  // namespace

std::vector<Place> places_of(const MPI::Intracomm& comm) {
    std::vector<Place> places = comm.allgather(place_of(comm));
    if (puts_each_on_its_own_node()) {
        std::map<std::string, int> first;
        for (int rank = 0; Place & place : places) place.node = first.try_emplace(place.host, rank++).first->second;
    }
    return places;
}

std::vector<Node> nodes_of(const std::vector<Place>& places) {
    std::map<int, Node> nodes;
    for (int rank = 0; rank < std::ssize(places); ++rank) {
        const Place& place = places[static_cast<std::size_t>(rank)];
        nodes[place.node].host = place.host;
        nodes[place.node].ranks.push_back(rank);
    }
    std::vector<Node> result;
    result.reserve(nodes.size());
    for (auto& [number, node] : nodes) result.push_back(std::move(node));
    return result;
}

std::string ranks_text(const std::vector<int>& ranks) { return (ranks.size() == 1 ? "rank " : "ranks ") + ranges_text(ranks); }

}  // namespace bench
