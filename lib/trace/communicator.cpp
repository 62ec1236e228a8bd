// What the trace asks MPI of a communicator.
#include "trace/communicator.hpp"

#include "trace/window.hpp"

#include <deque>
#include <map>
#include <mutex>

namespace mpi4cxx::trace {

namespace {

std::mutex mutex;
// Never destroyed: MPI may be finalized from a destructor.
std::deque<Communicator>& all = *new std::deque<Communicator>;
std::map<std::uint64_t, int>& numbers = *new std::map<std::uint64_t, int>;

/// The key of the attribute that holds what is known of a communicator. An attribute ends with its communicator, while handles are reused.
int keyval() {
    static const int key = [] {
        int made = MPI_KEYVAL_INVALID;
        PMPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, MPI_COMM_NULL_DELETE_FN, &made, nullptr);
        return made;
    }();
    return key;
}

/// Frees the group.
std::vector<int> world_ranks(MPI_Group group) {
    std::vector<int> result = world_ranks_of(group);
    PMPI_Group_free(&group);
    return result;
}

std::vector<int> neighbours(MPI_Comm comm, int rank) {
    int topology = MPI_UNDEFINED, size = 0, other = 0, weighted = 0;
    PMPI_Topo_test(comm, &topology);
    std::vector<int> result;
    if (topology == MPI_CART) {
        PMPI_Cartdim_get(comm, &size);
        for (int i = 0; i < size; ++i) {
            int before = 0, after = 0;
            PMPI_Cart_shift(comm, i, 1, &before, &after);
            result.insert(result.end(), {before, after});
        }
    } else if (topology == MPI_GRAPH) {
        PMPI_Graph_neighbors_count(comm, rank, &size);
        result.resize(static_cast<std::size_t>(size));
        PMPI_Graph_neighbors(comm, rank, size, result.data());
    } else if (topology == MPI_DIST_GRAPH) {
        PMPI_Dist_graph_neighbors_count(comm, &other, &size, &weighted);
        std::vector<int> sources(static_cast<std::size_t>(other));
        result.resize(static_cast<std::size_t>(size));
        PMPI_Dist_graph_neighbors(comm, other, sources.data(), MPI_UNWEIGHTED, size, result.data(), MPI_UNWEIGHTED);
    }
    return result;
}

std::uint64_t hash(const std::vector<int>& ranks) {  // FNV-1a
    std::uint64_t result = 14695981039346656037ULL;
    for (const int rank : ranks) result = (result ^ static_cast<std::uint64_t>(rank)) * 1099511628211ULL;
    return result;
}

/// A sum, so that both sides of an intercommunicator get the same value.
std::uint64_t hash_of_groups(const Communicator& communicator) {
    return hash(communicator.members) + (communicator.is_inter ? hash(communicator.peers) : 0);
}

void describe(MPI_Comm comm, Communicator& result, int number) {
    MPI_Group group = MPI_GROUP_NULL;
    int inter = 0, length = 0;
    PMPI_Comm_group(comm, &group);
    result.members = result.peers = world_ranks(group);
    PMPI_Comm_rank(comm, &result.rank);
    PMPI_Comm_test_inter(comm, &inter);
    result.is_inter = inter != 0;
    if (result.is_inter) {
        PMPI_Comm_remote_group(comm, &group);
        result.peers = world_ranks(group);
    } else {
        result.neighbours = neighbours(comm, result.rank);
    }
    char name[MPI_MAX_OBJECT_NAME] = "";
    PMPI_Comm_get_name(comm, name, &length);
    if (std::string_view(name).substr(0, 17) != "MPI COMMUNICATOR ")  // Open MPI's name of an unnamed communicator
        result.name = name;
    // Creating communicators is collective, so communicators of the same processes are created in the same order on all of them.
    const std::uint64_t groups = hash_of_groups(result);
    result.number = number == next_number ? numbers[groups]++ : number;
    result.id = groups * 1099511628211ULL + static_cast<std::uint64_t>(result.number);
}

}  // namespace

int Communicator::world_rank(int rank_in_call) const {
    if (rank_in_call == MPI_ANY_SOURCE)
        return any_rank;
    return rank_in_call >= 0 && static_cast<std::size_t>(rank_in_call) < peers.size() ? peers[static_cast<std::size_t>(rank_in_call)] : no_rank;
}

std::string Communicator::label() const {
    const std::lock_guard lock(details_mutex);
    if (!name.empty())
        return name;
    const std::string which = number == 0 ? "" : " (number " + std::to_string(number + 1) + " of these)";
    if (is_inter)
        return "the intercommunicator of ranks " + rank_list(members) + " with " + rank_list(peers) + which;
    return "the communicator of ranks " + rank_list(members) + which;
}

Communicator* communicator_info(MPI_Comm comm, int number) {
    if (comm == MPI_COMM_NULL)
        return nullptr;
    void* found = nullptr;
    int flag = 0;
    PMPI_Comm_get_attr(comm, keyval(), &found, &flag);
    if (flag != 0)
        return static_cast<Communicator*>(found);
    const std::lock_guard lock(mutex);
    PMPI_Comm_get_attr(comm, keyval(), &found, &flag);
    if (flag != 0)  // another thread has asked meanwhile
        return static_cast<Communicator*>(found);
    Communicator& made = all.emplace_back();
    describe(comm, made, number);
    PMPI_Comm_set_attr(comm, keyval(), &made);
    return &made;
}

int take_number(const Communicator& like) {
    const std::lock_guard lock(mutex);
    return numbers[hash_of_groups(like)]++;
}

std::vector<Communicator*> communicators() {
    const std::lock_guard lock(mutex);
    std::vector<Communicator*> result;
    result.reserve(all.size());
    for (Communicator& communicator : all) result.push_back(&communicator);
    return result;
}

std::string rank_list(const std::vector<int>& ranks) {
    std::string result;
    for (std::size_t i = 0; i < ranks.size();) {
        std::size_t last = i;
        while (last + 1 < ranks.size() && ranks[last + 1] == ranks[last] + 1) ++last;
        result += (i == 0 ? "" : ", ") + std::to_string(ranks[i]);
        if (last > i)
            result += (last == i + 1 ? ", " : "-") + std::to_string(ranks[last]);
        i = last + 1;
    }
    return result;
}

}  // namespace mpi4cxx::trace
