from oracle import *

group = world.Get_group()
evens = list(range(0, size, 2))
even, odd, reverse = group.Incl(evens), group.Excl(evens), group.Incl(list(range(size))[::-1])
first = group.Incl([0])


def said(name, g):
    say(name, g.size, g.rank, MPI.Group.Translate_ranks(g, list(range(g.size)), group))


said('world', group)
said('even', even)
said('odd', odd)
said('reverse', reverse)
said('empty', MPI.GROUP_EMPTY)
said('union', MPI.Group.Union(odd, even))
said('intersection', MPI.Group.Intersection(reverse, even))
said('difference', MPI.Group.Difference(reverse, first))
said('range', group.Range_incl([(0, size - 1, 2)]))
said('backwards', group.Range_incl([(size - 1, 0, -1)]))
said('all but', group.Range_excl([(0, size - 1, 2)]))
said('none', MPI.Group.Intersection(even, odd))
say('compare', [MPI.Group.Compare(a, b) for a in (group, even, odd, reverse) for b in (group, even, odd, reverse)])
say('translate', MPI.Group.Translate_ranks(group, list(range(size)), even), MPI.Group.Translate_ranks(group, [0, MPI.PROC_NULL], reverse))
# A rank that is named twice is no matter of mpi4py's: this library refuses it, where Open MPI may take it.
say('wrong rank', error_of(lambda: group.Incl([size])), error_of(lambda: group.Excl([-1])))


def comm(name, c):
    if c == MPI.COMM_NULL:
        say(name, 'null')
        return
    say(name, c.size, c.rank, c.allgather(rank), MPI.Comm.Compare(world, c), c.is_inter, c.is_intra, c.name)
    c.Free()


comm('Create', world.Create(even))
comm('Create of nobody', world.Create(MPI.GROUP_EMPTY))
comm('Create reversed', world.Create(reverse))
comm('Create_group', world.Create_group(even if rank % 2 == 0 else odd, 4))
comm('Dup', world.Dup())
comm('Clone', world.Clone())
comm('Split', world.Split(rank % 2, -rank))
comm('Split same keys', world.Split(3, 0))
comm('Split undefined', world.Split(MPI.UNDEFINED if rank == 0 else 0, rank))
comm('Split_type', world.Split_type(MPI.COMM_TYPE_SHARED, -rank))
comm('Split_type undefined', world.Split_type(MPI.UNDEFINED))
say('Split_type of no such type', error_of(lambda: world.Split_type(12345)))
copy, request = world.Idup()
request.Wait()
comm('Idup', copy)

if size > 1:
    local = world.Split(rank % 2, rank)
    inter = local.Create_intercomm(0, world, 1 - rank % 2, 6)
    say('inter', inter.size, inter.rank, inter.remote_size, inter.is_inter, inter.is_intra, inter.is_topo)
    remote = inter.Get_remote_group()
    say('remote', MPI.Group.Translate_ranks(remote, list(range(remote.size)), group))
    say('between', inter.allgather(rank), inter.allreduce(rank), inter.Get_topology() == MPI.UNDEFINED)
    for high in (False, True):
        merged = inter.Merge(high if rank % 2 == 0 else not high)
        say('merged', high, merged.allgather(rank))
        merged.Free()
    dup = inter.Dup()
    say('dup', type(dup).__name__, dup.remote_size, MPI.Comm.Compare(inter, dup))
    dup.Free()
    part = inter.Split(0, -rank)
    say('part', part.size, part.rank, part.remote_size, part.allgather(rank))
    part.Free()
    leaders = inter.Create(inter.Get_group().Incl([0]))
    say('leaders', leaders == MPI.COMM_NULL)
    if leaders != MPI.COMM_NULL:
        say('leaders', leaders.remote_size, leaders.allgather(rank))
        leaders.Free()
    inter.Free()
    local.Free()
finish()
