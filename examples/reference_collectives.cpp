// Collective calls, communicators, groups and topologies: the examples of the reference, one after another
#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

static void check(bool is_right) {
    if (!is_right)
        throw std::runtime_error("an example of the reference is wrong");
}

static void equal_blocks(const MPI::Intracomm& comm) {
    const int rank = comm.Get_rank();
    const auto size = static_cast<std::size_t>(comm.Get_size());
    std::vector<double> mine{1.0 * rank, 2.0 * rank}, all(2 * size);

    // [Comm::Barrier Comm::barrier]
    comm.Barrier();

    // [Comm::Bcast]
    std::vector<double> table(100);
    if (rank == 0)
        std::fill(table.begin(), table.end(), 2.5);
    comm.Bcast(table, 0);
    check(table[99] == 2.5);

    // [Comm::Scatter]
    comm.Scatter(all, mine, 0);  // two numbers for each process

    // [Comm::Gather]
    comm.Gather(mine, all, 0);  // all.size() is mine.size() times the number of processes

    // [Comm::Allgather]
    comm.Allgather(mine, all);

    // [Comm::Alltoall]
    std::vector<int> to(size, rank), from(size);  // one number for each process, and one from each
    comm.Alltoall(to, from);
    check(from.back() == comm.Get_size() - 1);

    // [Comm::Reduce]
    double sum = 0;
    comm.Reduce(1.0, sum, MPI::SUM, 0);
    check(rank != 0 || sum == comm.Get_size());

    // [Comm::Allreduce]
    std::vector<int> counts{rank, 1}, totals(2);
    comm.Allreduce(counts, totals, MPI::SUM);  // element by element
    check(totals[1] == comm.Get_size());

    // [Comm::Reduce_scatter_block]
    std::vector<int> ones(size, 1);
    int mine_of_the_sums = 0;
    comm.Reduce_scatter_block(ones, mine_of_the_sums);
    check(mine_of_the_sums == comm.Get_size());

    // [Intracomm::Scan Intracomm::Exscan]
    int before = 0;
    comm.Exscan(rank + 1, before);  // the sum of the ranks below; undefined on rank 0
    check(rank == 0 || before == rank * (rank + 1) / 2);
}

static void uneven_blocks(const MPI::Intracomm& comm) {
    const int rank = comm.Get_rank();
    const auto size = static_cast<std::size_t>(comm.Get_size());

    // [Comm::Allgatherv Comm::Gatherv Comm::Iallgatherv Comm::Igatherv Comm::Allgatherv_init Comm::Gatherv_init]
    const std::vector<int> mine(static_cast<std::size_t>(rank), rank);
    const std::vector<int> all = comm.Allgatherv(mine);  // the counts are exchanged first
    std::vector<int> counts(size), again(all.size());
    std::iota(counts.begin(), counts.end(), 0);
    comm.Allgatherv(mine, {again, counts});  // the counts are known

    check(again == all);

    // [Comm::Gatherv_counted Comm::Allgatherv_counted]
    const auto [data, lengths] = comm.Allgatherv_counted(mine);
    check(lengths[size - 1] == static_cast<MPI::Count>(size) - 1);

    // [Comm::Scatterv Comm::Iscatterv Comm::Scatterv_init]
    const std::vector<int> part = comm.Scatterv(all, counts, 0);  // counts[i] elements for process i
    check(part == mine);

    // [Comm::Alltoallv Comm::Alltoallv_counted Comm::Ialltoallv Comm::Alltoallv_init]
    const std::vector<int> to_each(size, 2);  // two elements for each process
    const std::vector<int> received = comm.Alltoallv(std::vector<int>(2 * size, rank), to_each);
    check(received.size() == 2 * size);

    // [Comm::Reduce_scatter]
    std::vector<int> terms(all.size(), 1), sums(mine.size());
    comm.Reduce_scatter(terms, sums, counts);
}

static void twins(const MPI::Intracomm& comm) {
    const int rank = comm.Get_rank();
    std::vector<double> mine{1.0 * rank, 1}, sums(2);

    // [Comm::Iallreduce Comm::Ireduce Comm::Ibcast Comm::Igather Comm::Iscatter Comm::Iallgather Comm::Ialltoall Comm::Ireduce_scatter_block
    // Comm::Ibarrier Intracomm::Iscan Intracomm::Iexscan]
    MPI::Request request = comm.Iallreduce(mine, sums);
    // something else; `mine` and `sums` stay as they are
    request.Wait();
    check(sums[1] == comm.Get_size());

    // [Comm::Allreduce_init Comm::Reduce_init Comm::Bcast_init Comm::Gather_init Comm::Scatter_init Comm::Allgather_init Comm::Alltoall_init
    // Comm::Barrier_init Intracomm::Scan_init Intracomm::Exscan_init]
    MPI::Prequest step = comm.Allreduce_init(mine, sums);
    for (int i = 0; i < 3; ++i) {
        step.Start();
        step.Wait();
    }
}

static void objects(const MPI::Intracomm& comm) {
    const int rank = comm.Get_rank(), size = comm.Get_size();
    using Dict = std::map<std::string, int>;

    // [Comm::bcast]
    Dict settings;
    if (rank == 0)
        settings = {{"steps", 100}};
    settings = comm.bcast(std::move(settings), 0);  // a move lets the others reuse their memory
    check(settings["steps"] == 100);

    // [Comm::scatter]
    std::vector<std::string> words;
    if (rank == 0)
        words.assign(static_cast<std::size_t>(size), "hello");
    const std::string word = comm.scatter(words, 0);
    check(word == "hello");

    // [Comm::gather Comm::allgather Comm::igather Comm::iallgather]
    const std::vector<std::string> names = comm.gather("rank " + std::to_string(rank), 0);  // empty elsewhere
    check(std::ssize(names) == (rank == 0 ? size : 0));

    // [Comm::alltoall Comm::ialltoall]
    const std::vector<std::string> letters = comm.alltoall(std::vector<std::string>(static_cast<std::size_t>(size), word));

    // [Comm::reduce Comm::ireduce]
    const std::optional<int> highest = comm.reduce(rank, MPI::MAX, 0);  // engaged on rank 0 only
    check(!highest || *highest == size - 1);

    // [Comm::allreduce Comm::iallreduce]
    const auto merge = [](Dict a, const Dict& b) {
        for (const auto& [key, count] : b) a[key] += count;
        return a;
    };
    const Dict all = comm.allreduce(Dict{{"seen", 1}}, merge);
    check(all.at("seen") == size);

    // [Intracomm::scan Intracomm::exscan]
    const std::string so_far = comm.scan(std::to_string(rank), [](const std::string& a, const std::string& b) { return a + b; });
    check(std::ssize(so_far) == rank + 1);

    // [Comm::ibcast Comm::iscatter]
    MPI::ObjectRequest<Dict> request = comm.ibcast(settings, 0);
    check(request.wait() == settings);
}

static void communicators(const MPI::Intracomm& comm) {
    const int rank = comm.Get_rank(), size = comm.Get_size();

    // [Comm::Split Intracomm::Split]
    const MPI::Intracomm half = comm.Split(rank % 2, rank);  // the even ranks, and the odd ones
    check(half.Get_rank() == rank / 2);

    // [Comm::Split_type Intracomm::Split_type]
    const MPI::Intracomm node = comm.Split_type(MPI::COMM_TYPE_SHARED);                    // the processes of this node
    const MPI::Intracomm leaders = comm.Split(node.Get_rank() == 0 ? 0 : MPI::UNDEFINED);  // one of each node
    check(leaders.is_null() == (node.Get_rank() != 0));

    // [Comm::Dup Intracomm::Dup Comm::Clone Intracomm::Clone Comm::Dup_with_info Intracomm::Dup_with_info]
    const MPI::Intracomm own = comm.Dup();  // a library's own messages

    // [Comm::Idup Intracomm::Idup]
    MPI::ObjectRequest<MPI::Intracomm> request = comm.Idup();
    const MPI::Intracomm later = request.wait();

    // [Comm::Create Intracomm::Create Comm::Get_group Group::Excl]
    const MPI::Group others = comm.Get_group().Excl({0});
    const MPI::Intracomm workers = comm.Create(others);  // null on rank 0
    check(workers.is_null() == (rank == 0));

    // [Intracomm::Create_group Group::Incl]
    if (rank == 0) {
        const MPI::Intracomm alone = comm.Create_group(comm.Get_group().Incl({0}));  // the others make no call
        check(alone.Get_size() == 1);
    }

    // [Group::Translate_ranks]
    const std::vector<int> in_world = half.Get_group().Translate_ranks(comm.Get_group());
    check(in_world[static_cast<std::size_t>(half.Get_rank())] == rank);

    // [Intracomm::Create_intercomm Intercomm::Merge Intercomm::Get_remote_size]
    if (size > 1) {
        const MPI::Intercomm between = half.Create_intercomm(0, comm, 1 - rank % 2);  // even and odd ranks
        const MPI::Intracomm both = between.Merge(rank % 2 == 1);
        check(both.Get_size() == size && between.Get_remote_size() == size - half.Get_size());
    }

    // [Named::Set_name Named::Get_name]
    own.Set_name("solver");  // what error messages and the watchdog say
    check(own.Get_name() == "solver");

    // [Attributes::Create_keyval Attributes::Set_attr Attributes::Get_attr]
    const auto key = MPI::Comm::Create_keyval<std::string>();
    own.Set_attr(key, std::string("a value"));
    check(own.Get_attr(key) != nullptr);

    // [Info::Create Info::Set Info::Get]
    MPI::Info hints = MPI::Info::Create({{"mpi_assert_no_any_tag", "true"}});
    hints["another"] = "value";
    check(hints.Get("another") == "value");
}

static void topologies(const MPI::Intracomm& comm) {
    const int size = comm.Get_size();

    // [Intracomm::Create_cart Compute_dims Cartcomm::Get_coords Cartcomm::Get_topo]
    const MPI::Cartcomm grid = comm.Create_cart(MPI::Compute_dims(size, 2), {true, false});
    const std::vector<int> place = grid.Get_coords(grid.Get_rank());
    check(grid.Get_topo().coords == place);

    // [Cartcomm::Shift]
    const auto [source, dest] = grid.Shift(0, 1);  // PROC_NULL beyond an edge
    const int number = grid.sendrecv<int>(grid.Get_rank(), dest, 0, source, 0);

    check(number == source);

    // [Cartcomm::Sub]
    const MPI::Cartcomm row = grid.Sub({false, true});  // the processes with the same first coordinate

    // [Topocomm::Neighbor_allgather Topocomm::Ineighbor_allgather Topocomm::Neighbor_alltoall Topocomm::Ineighbor_alltoall]
    std::vector<int> theirs(static_cast<std::size_t>(grid.indegree()));
    grid.Neighbor_allgather(grid.Get_rank(), theirs);  // in the order of inedges()

    // [Topocomm::neighbor_allgather Topocomm::neighbor_alltoall Topocomm::inedges Topocomm::indegree]
    const std::vector<int> ranks = row.neighbor_allgather(row.Get_rank());
    check(std::ssize(ranks) == row.indegree());

    // [Intracomm::Create_dist_graph_adjacent Distgraphcomm::Get_dist_neighbors]
    const int rank = comm.Get_rank();
    const MPI::Distgraphcomm ring = comm.Create_dist_graph_adjacent({(rank + size - 1) % size}, {(rank + 1) % size});
    check(ring.neighbor_allgather(rank).front() == (rank + size - 1) % size);
}

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    equal_blocks(comm);
    uneven_blocks(comm);
    twins(comm);
    objects(comm);
    communicators(comm);
    topologies(comm);
}
