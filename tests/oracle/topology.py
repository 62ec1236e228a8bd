from oracle import *

for nodes in range(1, 31):
    say('Compute_dims', nodes, [MPI.Compute_dims(nodes, n) for n in range(1, 5)])
say('Compute_dims of some', MPI.Compute_dims(12, [0, 6]), MPI.Compute_dims(24, [3, 0, 2]), MPI.Compute_dims(12, [0]))
say('Compute_dims of too many', error_of(lambda: MPI.Compute_dims(7, [2, 0])))


def grid(name, dims, periods):
    cart = world.Create_cart(dims, periods)
    if cart == MPI.COMM_NULL:
        say(name, 'left over')
        return
    say(name, cart.Get_dim(), [cart.dims, [int(p) for p in cart.periods], cart.coords], cart.Get_topology() == MPI.CART, cart.is_topo, cart.size)
    say(name, 'coords', [cart.Get_coords(r) for r in range(cart.size)])
    say(name, 'ranks', [cart.Get_cart_rank(cart.Get_coords(r)) for r in range(cart.size)])
    for direction in range(len(dims)):
        for disp in (1, -1, 2, 0):
            say(name, 'shift', direction, disp, cart.Shift(direction, disp))
    for mask in range(2 ** len(dims)):
        remain = [bool(mask >> i & 1) for i in range(len(dims))]
        sub = cart.Sub(remain)
        say(name, 'sub', remain, sub.Get_dim(), sub.dims, [int(p) for p in sub.periods], sub.coords, sub.size)
        sub.Free()
    dup = cart.Dup()
    say(name, 'dup', type(dup).__name__, dup.dims, MPI.Comm.Compare(cart, dup) == MPI.CONGRUENT)
    dup.Free()
    cart.Free()


grid('line', [size], [False])
grid('ring', [size], [True])
grid('plane', MPI.Compute_dims(size, 2), [True, False])
grid('cube', MPI.Compute_dims(size, 3), [False, True, True])
grid('small', [1], [True])
grid('point', [], [])
say('too large', error_of(lambda: world.Create_cart([size + 1])) != MPI.SUCCESS)

# each node's neighbours: all nodes below it
index, edges = [], []
for node in range(size):
    edges += range(node)
    index.append(len(edges))
index[0] = 1  # one of its own, lest a graph begins with nothing
edges = [0] + edges
index = [1] + [i + 1 for i in index[1:]]
graph = world.Create_graph(index, edges)
say('graph', graph.Get_dims(), graph.nnodes, graph.nedges, graph.index, graph.edges, graph.Get_topology() == MPI.GRAPH)
say('neighbours', [graph.Get_neighbors(r) for r in range(size)], [graph.Get_neighbors_count(r) for r in range(size)])
say('own', graph.nneighbors, graph.neighbors)
dup = graph.Dup()
say('dup', type(dup).__name__, dup.edges)
dup.Free()
graph.Free()
one = world.Create_graph([1], [0])
say('small graph', one == MPI.COMM_NULL)
one.Free() if one != MPI.COMM_NULL else None


def edges_of(name, graph):
    sources, destinations, weights = graph.Get_dist_neighbors()
    order = sorted(range(len(destinations)), key=lambda i: destinations[i])
    into = sorted(range(len(sources)), key=lambda i: sources[i])
    say(name, graph.Get_dist_neighbors_count(), [sources[i] for i in into], [destinations[i] for i in order], weights is not None)
    if weights:
        say(name, 'weights', [weights[0][i] for i in into], [weights[1][i] for i in order])
    graph.Free()


left, right = (rank - 1) % size, (rank + 1) % size
edges_of('ring', world.Create_dist_graph_adjacent([left], [right]))
edges_of('weighted ring', world.Create_dist_graph_adjacent([left], [right], [left], [rank]))
edges_of('given by sources', world.Create_dist_graph([rank], [1], [right]))
edges_of('given by destinations', world.Create_dist_graph([left], [1], [rank], [10 * left]))
everybody = list(range(size)) if rank == 0 else []
edges_of('star', world.Create_dist_graph([0] if rank == 0 else [], [size] if rank == 0 else [], everybody))
edges_of('weighted star', world.Create_dist_graph([0] if rank == 0 else [], [size] if rank == 0 else [], everybody,
                                                  [i + 5 for i in everybody] if rank == 0 else MPI.WEIGHTS_EMPTY))
edges_of('nothing', world.Create_dist_graph_adjacent([], []))
edges_of('nothing weighted', world.Create_dist_graph_adjacent([], [], MPI.WEIGHTS_EMPTY, MPI.WEIGHTS_EMPTY))
say('plain', world.is_topo, world.Get_topology() == MPI.UNDEFINED)
say('map', world.Cart_map([size], [True]), world.Graph_map([1] + [1] * (size - 1), [0]))
finish()
