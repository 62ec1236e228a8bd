#include "oracle.hpp"

#include <algorithm>

namespace {

template <class T> vector<T> picked(const vector<T>& values, const vector<std::size_t>& order) {
    vector<T> result;
    for (const std::size_t i : order) result.push_back(values[i]);
    return result;
}
vector<std::size_t> ordered(const vector<int>& values) {
    vector<std::size_t> order;
    for (std::size_t i = 0; i < values.size(); ++i) order.push_back(i);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return order;
}

void grid(Oracle& o, const char* name, const vector<int>& dims, const vector<int>& periods) {
    const MPI::Cartcomm cart = o.world.Create_cart(dims, periods);
    if (cart.is_null())
        return o.say(name, "left over");
    o.say(name, cart.Get_dim(), vector<vector<int>>{cart.dims(), cart.periods(), cart.coords()}, cart.Get_topology() == MPI::CART, cart.is_topo(),
          cart.size());
    vector<vector<int>> coords;
    vector<int> ranks;
    for (int r = 0; r < cart.size(); ++r) {
        coords.push_back(cart.Get_coords(r));
        ranks.push_back(cart.Get_cart_rank(coords.back()));
    }
    o.say(name, "coords", coords);
    o.say(name, "ranks", ranks);
    for (int direction = 0; direction < static_cast<int>(dims.size()); ++direction)
        for (const int disp : {1, -1, 2, 0}) {
            const auto [source, dest] = cart.Shift(direction, disp);
            o.say(name, "shift", direction, disp, vector<int>{source, dest});
        }
    for (int mask = 0; mask < 1 << dims.size(); ++mask) {
        vector<int> remain;
        vector<bool> flags;
        for (std::size_t i = 0; i < dims.size(); ++i) {
            remain.push_back(mask >> i & 1);
            flags.push_back(remain.back() != 0);
        }
        const MPI::Cartcomm sub = cart.Sub(remain);
        o.say(name, "sub", flags, sub.Get_dim(), sub.dims(), sub.periods(), sub.coords(), sub.size());
    }
    const auto dup = cart.Dup();
    o.say(name, "dup", std::is_same_v<decltype(dup), const MPI::Cartcomm> ? "Cartcomm" : "other", dup.dims(),
          MPI::Comm::Compare(cart, dup) == MPI::CONGRUENT);
}

void edges_of(Oracle& o, const char* name, const MPI::Distgraphcomm& graph) {
    const auto [indegree, outdegree, weighted] = graph.Get_dist_neighbors_count();
    const auto neighbors = graph.Get_dist_neighbors();
    const auto into = ordered(neighbors.sources), order = ordered(neighbors.destinations);
    o.say(name, "[" + show(indegree) + ", " + show(outdegree) + ", " + show(weighted) + "]", picked(neighbors.sources, into),
          picked(neighbors.destinations, order), neighbors.weights.has_value());
    if (neighbors.weights)
        o.say(name, "weights", picked(neighbors.weights->sources, into), picked(neighbors.weights->destinations, order));
}

}  // namespace

int main(int argc, char** argv) {
    Oracle o(argc, argv);
    const MPI::Intracomm& world = o.world;
    const int rank = o.rank, size = o.size;
    for (int nodes = 1; nodes <= 30; ++nodes) {
        vector<vector<int>> all;
        for (int n = 1; n < 5; ++n) all.push_back(MPI::Compute_dims(nodes, n));
        o.say("Compute_dims", nodes, all);
    }
    o.say("Compute_dims of some", MPI::Compute_dims(12, {0, 6}), MPI::Compute_dims(24, {3, 0, 2}), MPI::Compute_dims(12, {0}));
    o.say("Compute_dims of too many", error_of([] { (void)MPI::Compute_dims(7, {2, 0}); }));

    grid(o, "line", {size}, {0});
    grid(o, "ring", {size}, {1});
    grid(o, "plane", MPI::Compute_dims(size, 2), {1, 0});
    grid(o, "cube", MPI::Compute_dims(size, 3), {0, 1, 1});
    grid(o, "small", {1}, {1});
    grid(o, "point", {}, {});
    o.say("too large", error_of([&] { (void)world.Create_cart({size + 1}); }) != MPI::SUCCESS);

    // each node's neighbours: all nodes below it
    vector<int> index = {1}, edges = {0};
    for (int node = 1; node < size; ++node) {
        for (int below = 0; below < node; ++below) edges.push_back(below);
        index.push_back(static_cast<int>(edges.size()));
    }
    const MPI::Graphcomm graph = world.Create_graph(index, edges);
    o.say("graph", vector<int>{graph.Get_dims().nnodes, graph.Get_dims().nedges}, graph.nnodes(), graph.nedges(), graph.index(), graph.edges(),
          graph.Get_topology() == MPI::GRAPH);
    vector<vector<int>> neighbors;
    vector<int> counts;
    for (int r = 0; r < size; ++r) {
        neighbors.push_back(graph.Get_neighbors(r));
        counts.push_back(graph.Get_neighbors_count(r));
    }
    o.say("neighbours", neighbors, counts);
    o.say("own", graph.nneighbors(), graph.neighbors());
    const auto dup = graph.Dup();
    o.say("dup", std::is_same_v<decltype(dup), const MPI::Graphcomm> ? "Graphcomm" : "other", dup.edges());
    o.say("small graph", world.Create_graph({1}, {0}).is_null());

    const int left = (rank + size - 1) % size, right = (rank + 1) % size;
    edges_of(o, "ring", world.Create_dist_graph_adjacent({left}, {right}));
    edges_of(o, "weighted ring", world.Create_dist_graph_adjacent({left}, {right}, {left}, {rank}));
    edges_of(o, "given by sources", world.Create_dist_graph({rank}, {1}, {right}));
    edges_of(o, "given by destinations", world.Create_dist_graph({left}, {1}, {rank}, {10 * left}));
    vector<int> sources, degrees, everybody, weights;
    for (int i = 0; rank == 0 && i < size; ++i) {
        everybody.push_back(i);
        weights.push_back(i + 5);
    }
    if (rank == 0) {
        sources = {0};
        degrees = {size};
    }
    edges_of(o, "star", world.Create_dist_graph(sources, degrees, everybody));
    edges_of(o, "weighted star", world.Create_dist_graph(sources, degrees, everybody, rank == 0 ? MPI::Weights(weights) : MPI::WEIGHTS_EMPTY));
    edges_of(o, "nothing", world.Create_dist_graph_adjacent({}, {}));
    edges_of(o, "nothing weighted", world.Create_dist_graph_adjacent({}, {}, MPI::WEIGHTS_EMPTY, MPI::WEIGHTS_EMPTY));
    o.say("plain", world.is_topo(), world.Get_topology() == MPI::UNDEFINED);
    o.say("map", world.Cart_map({size}, {true}), world.Graph_map(vector<int>(static_cast<std::size_t>(size), 1), {0}));
    o.finish();
}
