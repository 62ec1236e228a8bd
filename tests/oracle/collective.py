from oracle import *

block = ints(rank, 10 * rank)
for root in range(size):
    got = block[:] if rank == root else ints(-1, -1)
    world.Bcast(got, root)
    say('Bcast', root, got)
    whole = ints(*[-1] * (2 * size)) if rank == root else None
    world.Gather(block, whole, root)
    say('Gather', root, whole or [])
    got = ints(-1, -1)
    world.Scatter(ints(*range(2 * size)) if rank == root else None, got, root)
    say('Scatter', root, got)

    # in place
    whole = ints(*[-1] * (2 * size))
    whole[2 * rank:2 * rank + 2] = block
    world.Gather(MPI.IN_PLACE if rank == root else block, whole if rank == root else None, root)
    say('Gather in place', root, whole if rank == root else [])
    whole = ints(*range(2 * size))
    got = ints(-1, -1)
    world.Scatter(whole if rank == root else None, MPI.IN_PLACE if rank == root else got, root)
    say('Scatter in place', root, got)

    # different sizes, with gaps, backwards
    counts = [i + 1 for i in range(size)]
    displs = [sum(counts[i + 1:]) + 2 * (size - 1 - i) for i in range(size)]
    length = sum(counts) + 2 * size
    mine = ints(*[100 * rank + i for i in range(rank + 1)])
    whole = ints(*[-1] * length)
    world.Gatherv(mine, [whole, counts, displs, MPI.INT] if rank == root else None, root)
    say('Gatherv', root, whole)
    got = ints(*[-1] * (rank + 1))
    world.Scatterv([ints(*range(length)), counts, displs, MPI.INT] if rank == root else None, got, root)
    say('Scatterv', root, got)
    whole = ints(*range(length))
    world.Gatherv(MPI.IN_PLACE if rank == root else mine, [whole, counts, displs, MPI.INT] if rank == root else None, root)
    say('Gatherv in place', root, whole)
    got = ints(*[-1] * (rank + 1))
    world.Scatterv([whole, counts, displs, MPI.INT] if rank == root else None, MPI.IN_PLACE if rank == root else got, root)
    say('Scatterv in place', root, got)

whole = ints(*[-1] * (2 * size))
world.Allgather(block, whole)
say('Allgather', whole)
whole = ints(*[-1] * (2 * size))
whole[2 * rank:2 * rank + 2] = block
world.Allgather(MPI.IN_PLACE, whole)
say('Allgather in place', whole)
whole = ints(*[-1] * length)
world.Allgatherv(mine, [whole, counts, displs, MPI.INT])
say('Allgatherv', whole)
whole = ints(*[-1] * length)
for i in range(rank + 1):
    whole[displs[rank] + i] = mine[i]
world.Allgatherv(MPI.IN_PLACE, [whole, counts, displs, MPI.INT])
say('Allgatherv in place', whole)
whole = ints(*[-1] * sum(counts))
world.Allgatherv(mine, [whole, counts])
say('Allgatherv packed', whole)

parts = ints(*[100 * rank + i for i in range(2 * size)])
got = ints(*[-1] * (2 * size))
world.Alltoall(parts, got)
say('Alltoall', got)
world.Alltoall(MPI.IN_PLACE, parts)
say('Alltoall in place', parts)

# rank r sends i + 1 elements to rank i
sendcounts = [i + 1 for i in range(size)]
recvcounts = [rank + 1] * size
senddispls = [sum(sendcounts[:i]) + i for i in range(size)]
recvdispls = [(rank + 2) * i for i in range(size)]
parts = ints(*[1000 * rank + i for i in range(sum(sendcounts) + size)])
got = ints(*[-1] * ((rank + 2) * size))
world.Alltoallv([parts, sendcounts, senddispls, MPI.INT], [got, recvcounts, recvdispls, MPI.INT])
say('Alltoallv', got)
same = ints(*[1000 * rank + i for i in range(2 * size)])
world.Alltoallv(MPI.IN_PLACE, [same, [2] * size, [2 * i for i in range(size)], MPI.INT])
say('Alltoallv in place', same)

# nothing
world.Bcast([ints(), 0, MPI.INT])
world.Allgather([ints(), 0, MPI.INT], [ints(), 0, MPI.INT])
world.Barrier()
say('root', error_of(lambda: world.Bcast(block, size)), error_of(lambda: world.Bcast(block, -7)))
finish()
