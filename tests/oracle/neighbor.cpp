#include "oracle.hpp"

namespace {

vector<int> steps(int n, int step) {
    vector<int> result;
    for (int i = 0; i < n; ++i) result.push_back(step * i);
    return result;
}

template <class Topology> void exchange(Oracle& o, const char* name, const Topology& comm) {
    const int me = comm.rank(), in = comm.indegree(), out = comm.outdegree();
    o.say(name, in, out, comm.inedges(), comm.outedges());
    const vector<int> mine = {me, 10 * me}, parts = counting(100 * me, 2 * out), twos_in(static_cast<std::size_t>(in), 2),
                      twos_out(static_cast<std::size_t>(out), 2);
    vector<int> got = unset(2 * in);
    comm.Neighbor_allgather(mine, got);
    o.say(name, "Neighbor_allgather", got);
    got = unset(3 * in);
    comm.Neighbor_allgatherv(mine, {got, twos_in, steps(in, 3)});
    o.say(name, "Neighbor_allgatherv", got);
    got = unset(2 * in);
    comm.Neighbor_alltoall(parts, got);
    o.say(name, "Neighbor_alltoall", got);
    got = unset(3 * in);
    comm.Neighbor_alltoallv({parts, twos_out, steps(out, 2)}, {got, twos_in, steps(in, 3)});
    o.say(name, "Neighbor_alltoallv", got);
    got = unset(2 * in);
    comm.Ineighbor_allgather(mine, got).Wait();
    o.say(name, "Ineighbor_allgather", got);
}

}  // namespace

int main(int argc, char** argv) {
    Oracle o(argc, argv);
    const MPI::Intracomm& world = o.world;
    const int rank = o.rank, size = o.size, left = (rank + size - 1) % size, right = (rank + 1) % size;
    exchange(o, "grid", world.Create_cart(MPI::Compute_dims(size, 2), {true, false}));
    exchange(o, "line", world.Create_cart({size}, {false}));
    vector<int> index, edges;
    for (int node = 0; node < size; ++node) {
        edges.insert(edges.end(), {(node + size - 1) % size, (node + 1) % size});
        index.push_back(static_cast<int>(edges.size()));
    }
    exchange(o, "ring", world.Create_graph(index, edges));
    exchange(o, "shift", world.Create_dist_graph_adjacent({left}, {right}));
    const vector<int> everybody = rank == 0 ? counting(0, size) : vector<int>{0};
    exchange(o, "hub", world.Create_dist_graph_adjacent(everybody, everybody));

    // every process to every other, by datatypes of their own
    const MPI::Datatype pair = MPI::INT.Create_vector(2, 1, size).Commit();
    const vector<int> values = counting(100 * rank, 2 * size), ones(static_cast<std::size_t>(size), 1);
    vector<int> all = unset(2 * size);
    const vector<MPI_Datatype> types(static_cast<std::size_t>(size), pair.handle());
    world.Alltoallw({values, ones, steps(size, 4), types}, {all, ones, steps(size, 4), types});
    o.say("Alltoallw", all);

    // without waiting
    const vector<int> block = {rank, rank + 1};
    vector<int> whole = unset(2 * size), first = rank == 0 ? vector<int>{5, 6} : unset(2);
    vector<MPI::Request> requests;
    requests.push_back(world.Ibarrier());
    requests.push_back(world.Ibcast(first, 0));
    requests.push_back(world.Iallgather(block, whole));
    MPI::Request::Waitall(requests);
    o.say("Ibcast", first, whole);

    // again and again
    vector<int> got = unset(1), mine = {0};
    vector<MPI::Prequest> both;
    both.push_back(world.Send_init(mine, right, 3));
    both.push_back(world.Recv_init(got, left, 3));
    for (int turn = 0; turn < 3; ++turn) {
        mine[0] = 10 * rank + turn;
        MPI::Prequest::Startall(both);
        for (MPI::Prequest& request : both) request.Wait();
        o.say("turn", turn, got);
    }
    o.finish();
}
