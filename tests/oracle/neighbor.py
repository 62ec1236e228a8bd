from oracle import *


def exchange(name, comm):
    me, indegree, outdegree = comm.rank, comm.indegree, comm.outdegree
    say(name, indegree, outdegree, comm.inedges, comm.outedges)
    got = ints(*[-1] * (2 * indegree))
    comm.Neighbor_allgather(ints(me, 10 * me), got)
    say(name, 'Neighbor_allgather', got)
    got = ints(*[-1] * (3 * indegree))
    comm.Neighbor_allgatherv(ints(me, 10 * me), [got, [2] * indegree, [3 * i for i in range(indegree)], MPI.INT])
    say(name, 'Neighbor_allgatherv', got)
    parts = ints(*[100 * me + i for i in range(2 * outdegree)])
    got = ints(*[-1] * (2 * indegree))
    comm.Neighbor_alltoall(parts, got)
    say(name, 'Neighbor_alltoall', got)
    got = ints(*[-1] * (3 * indegree))
    comm.Neighbor_alltoallv([parts, [2] * outdegree, [2 * i for i in range(outdegree)], MPI.INT],
                            [got, [2] * indegree, [3 * i for i in range(indegree)], MPI.INT])
    say(name, 'Neighbor_alltoallv', got)
    mine, got = ints(me, 10 * me), ints(*[-1] * (2 * indegree))
    comm.Ineighbor_allgather(mine, got).Wait()
    say(name, 'Ineighbor_allgather', got)
    comm.Free()


exchange('grid', world.Create_cart(MPI.Compute_dims(size, 2), [True, False]))
exchange('line', world.Create_cart([size], [False]))
index, edges = [], []
for node in range(size):
    edges += [(node + size - 1) % size, (node + 1) % size]
    index.append(len(edges))
exchange('ring', world.Create_graph(index, edges))
left, right = (rank - 1) % size, (rank + 1) % size
exchange('shift', world.Create_dist_graph_adjacent([left], [right]))
everybody = list(range(size)) if rank == 0 else [0]
exchange('hub', world.Create_dist_graph_adjacent(everybody, everybody))

# every process to every other, by datatypes of their own
pair = MPI.INT.Create_vector(2, 1, size).Commit()
values = ints(*[100 * rank + i for i in range(2 * size)])
got = ints(*[-1] * (2 * size))
counts, bytes_of, types = [1] * size, [4 * i for i in range(size)], [pair] * size
world.Alltoallw([values, counts, bytes_of, types], [got, counts, bytes_of, types])
say('Alltoallw', got)
pair.Free()

# without waiting
block = ints(rank, rank + 1)
whole = ints(*[-1] * (2 * size))
first = ints(5, 6) if rank == 0 else ints(-1, -1)
requests = [world.Ibarrier(), world.Ibcast(first, 0), world.Iallgather(block, whole)]
MPI.Request.Waitall(requests)
say('Ibcast', first, whole)

# again and again
got, mine = ints(-1), ints(0)
send, receive = world.Send_init(mine, right, 3), world.Recv_init(got, left, 3)
for turn in range(3):
    mine[0] = 10 * rank + turn
    MPI.Prequest.Startall([send, receive])
    send.Wait()
    receive.Wait()
    say('turn', turn, got)
send.Free()
receive.Free()
finish()
