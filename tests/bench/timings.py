"""Rows of timings.cpp in Python: the same arguments but for --list, the same output, objects as Python has them.

  timings.py LATENCY REPETITIONS MILLISECONDS PEERS ROW…     LATENCY: latency.c as a library

Rows that are not there are passed over.
"""
import contextlib
import ctypes
import os
import pathlib
import sys
import tempfile

import mpi4py
mpi4py.rc.thread_level = 'single'
import numpy
from mpi4py import MPI
from mpi4py.util import pkl5

latency_library, repetitions, milliseconds, wanted_peers, *wanted_rows = sys.argv[1:]
world = MPI.COMM_WORLD
rank, size = world.rank, world.size
other = 1 - rank


class Particle:
    def __init__(self, number, x, y, z, mass):
        self.number, self.x, self.y, self.z, self.mass = number, x, y, z, mass

    def __eq__(self, peer):
        return vars(self) == vars(peer)


def make_map(entries, first=0):
    return {f'key {i}': float(i) for i in range(first, first + entries)}


def make_doubles(count):
    return numpy.arange(count, dtype=float)


def merge(a, b):
    a = dict(a)
    for key, value in b.items():
        a[key] = a.get(key, 0) + value
    return a


def join(a, b):
    mass = a.mass + b.mass
    return Particle(b.number if a.mass < b.mass else a.number, *((getattr(a, c) * a.mass + getattr(b, c) * b.mass) / mass for c in 'xyz'), mass)


def equal(a, b):
    if isinstance(b, numpy.ndarray):
        return numpy.array_equal(a, b)
    if isinstance(b, list):
        return len(a) == len(b) and all(map(equal, a, b))
    return a == b


# A peer is how many messages follow one another in a turn, what does so many turns, and what does one and looks at it.

def ping_pong(expected, send, receive):
    def turns(count):
        for _ in range(count):
            if rank == 0:
                send(other)
            receive(other)
            if rank == 1:
                send(other)

    def works():
        if rank == 0:
            send(other)
        right = equal(receive(other), expected)
        if rank == 1:
            send(other)
        return right

    return 2, turns, works


def collective(expected, work, root=None):
    def turns(count):
        for _ in range(count):
            work()

    def works():
        result = work()
        return root not in (None, rank) or equal(result, expected)

    return 1, turns, works


def typed(count):
    data, out = make_doubles(count), numpy.zeros(count)

    def receive(source):
        world.Recv(out, source)
        return out

    return {'mpi4py': ping_pong(data, lambda dest: world.Send(data, dest), receive)}


def allreduce(count):
    data, out = make_doubles(count), numpy.zeros(count)

    def work():
        world.Allreduce(data, out)
        return out

    return {'mpi4py': collective(data * size, work)}


def allgatherv(count):
    data = make_doubles(count)

    def work():
        counts = world.allgather(len(data))
        out = numpy.empty(sum(counts))
        world.Allgatherv(data, (out, counts))
        return out

    return {'mpi4py': collective(numpy.tile(data, size), work)}


def bcast(count):
    data = make_doubles(count) if rank == 0 else numpy.zeros(count)

    def work():
        world.Bcast(data)
        return data

    return {'mpi4py': collective(make_doubles(count), work)}


comms = {'mpi4py': world, 'mpi4py pkl5': pkl5.Intracomm(world)}


def objects(thing):
    def peer(comm):
        return ping_pong(thing, lambda dest: comm.send(thing, dest), lambda source: comm.recv(None, source))

    return {name: peer(comm) for name, comm in comms.items()}


def repeated(messages, turn):
    def turns(count):
        for _ in range(count):
            turn()

    return {'mpi4py': (messages, turns, turn)}


def in_flight(thing):
    nothing = [bytearray(0), MPI.BYTE]

    def turn():
        if rank == 0:
            MPI.Request.waitall([world.isend(thing, 1) for _ in range(64)])
            world.Recv(nothing, 1, 1)
            return True
        things = MPI.Request.waitall([world.irecv(source=0) for _ in range(64)])
        world.Send(nothing, 0, 1)
        return equal(things[0], thing) and equal(things[-1], thing)

    return repeated(64, turn)


def to_one(thing):
    each = 100000 // (size - 1)

    def turn():
        right = True
        for _ in range(each * (size - 1) if rank == 0 else each):
            if rank == 0:
                right = len(world.recv()) == len(thing) and right
            else:
                world.send(thing, 0)
        world.Barrier()
        return right

    return repeated(each * (size - 1), turn)


def bcast_object(thing):
    return {name: collective(thing, lambda comm=comm: comm.bcast(thing if rank == 0 else None)) for name, comm in comms.items()}


def gather_map():
    thing = make_map(1000)

    def gather(comm):
        things = comm.gather(thing)
        world.Barrier()
        return things

    return {name: collective([thing] * size, lambda comm=comm: gather(comm), root=0) for name, comm in comms.items()}


def merge_maps():
    mine = make_map(1000, 500 * rank)
    expected = {}
    for i in range(size):
        expected = merge(expected, make_map(1000, 500 * i))
    return {'mpi4py': collective(expected, lambda: world.allreduce(mine, merge))}


def join_particles():
    mine = Particle(7, 1.5, 2.5, 3.5, 4.5)
    expected = mine
    for _ in range(size - 1):
        expected = join(expected, mine)
    return {'mpi4py': collective(expected, lambda: world.allreduce(mine, join))}


def locks(make, work):
    """mpi4py 4 has them."""
    try:
        from mpi4py.util import sync
    except ImportError:
        return {}
    lock = make(sync)
    return {'mpi4py': collective(True, lambda: work(lock))}


def lock_mutex(mutex):
    with mutex:
        return True


row_end = contextlib.ExitStack()     # what is to be closed and removed when the row has been timed


def new_path(name):
    path = pathlib.Path(os.environ.get('BENCH_FOLDER', tempfile.gettempdir())) / name
    if rank == 0:
        row_end.callback(path.unlink, missing_ok=True)
    return path


def part_of_file(mebibytes, transfer):
    part = numpy.full(mebibytes * 131072, rank + 1.0)
    file = MPI.File.Open(world, str(new_path('open')), MPI.MODE_CREATE | MPI.MODE_RDWR)
    row_end.callback(file.Close)
    begin = part.nbytes * rank
    file.Write_at_all(begin, part)

    def work():
        transfer(file)(begin, part)
        return part

    return {'mpi4py': collective(part.copy(), work)}


def npy_file(mebibytes, work):
    """numpy knows no MPI: rank 0 has the whole array."""
    array = make_doubles(mebibytes * 131072 if rank == 0 else 0)
    path = new_path('array.npy')
    if rank == 0:
        numpy.save(path, array)
    return {'numpy': collective(array, lambda: work(path, array) if rank == 0 else array)}


def save_npy(path, array):
    numpy.save(path, array)
    return array


whole = int(os.environ.get('BENCH_MIB', 1024))      # as in timings_files.cpp
rows = {
    'Write_at_all 1 MiB': lambda: part_of_file(1, lambda file: file.Write_at_all),
    f'Write_at_all {whole // 4} MiB': lambda: part_of_file(whole // 4, lambda file: file.Write_at_all),
    'Read_at_all 1 MiB': lambda: part_of_file(1, lambda file: file.Read_at_all),
    f'Read_at_all {whole // 4} MiB': lambda: part_of_file(whole // 4, lambda file: file.Read_at_all),
    f'npy save {whole} MiB': lambda: npy_file(whole, save_npy),
    f'npy load {whole} MiB': lambda: npy_file(whole, lambda path, array: numpy.load(path)),
    'Counter next': lambda: locks(lambda sync: sync.Counter(comm=world), lambda counter: counter.next() >= 0),
    'Mutex lock': lambda: locks(lambda sync: sync.Mutex(comm=world), lock_mutex),
    'Send 8 B': lambda: typed(1),
    'Send 1 KiB': lambda: typed(128),
    'Send 64 KiB': lambda: typed(8192),
    'Send 1 MiB': lambda: typed(131072),
    'Send 16 MiB': lambda: typed(2097152),
    'Allreduce 1': lambda: allreduce(1),
    'Allreduce 1e5': lambda: allreduce(100000),
    'Allgatherv 4': lambda: allgatherv(4),
    'Allgatherv 1e4': lambda: allgatherv(10000),
    'Bcast 1 MiB': lambda: bcast(131072),
    'send struct': lambda: objects(Particle(7, 1.5, 2.5, 3.5, 4.5)),
    'send string 100': lambda: objects('x' * 100),
    'send map 2': lambda: objects(make_map(2)),
    'send map 1000': lambda: objects(make_map(1000)),
    'send strings 1e4': lambda: objects([f'string {i}' for i in range(10000)]),
    'send vector 1e3': lambda: objects(make_doubles(1000)),
    'send vector 1e6': lambda: objects(make_doubles(1000000)),
    'send vector 4e6': lambda: objects(make_doubles(4000000)),
    'send vectors 1000x100': lambda: objects([make_doubles(100) for _ in range(1000)]),
    'in flight double': lambda: in_flight(1.5),
    'in flight string 100': lambda: in_flight('x' * 100),
    'in flight map 2': lambda: in_flight(make_map(2)),
    'to one string 100': lambda: to_one('x' * 100),
    'bcast map 1000': lambda: bcast_object(make_map(1000)),
    'bcast vector 1e6': lambda: bcast_object(make_doubles(1000000)),
    'gather map 1000': gather_map,
    'allreduce map merge': merge_maps,
    'allreduce struct': join_particles,
}

bench_latency = ctypes.CDLL(latency_library).bench_latency
bench_latency.restype = ctypes.c_double
bench_latency.argtypes = [ctypes.c_int if MPI._sizeof(MPI.Comm) == 4 else ctypes.c_void_p]


def seconds(turns, count):
    world.Barrier()
    start = MPI.Wtime()
    turns(count)
    return world.allreduce(MPI.Wtime() - start, MPI.MAX)


def turns_in(turns, wanted):
    count = 1
    elapsed = seconds(turns, 1)     # warms it up, too
    while elapsed < wanted and (elapsed := seconds(turns, count)) < wanted / 4:
        count *= 8 if elapsed < wanted / 40 else 2
    return max(1, int(count * wanted / elapsed))


def check(row, name, works):
    if not world.allreduce(works(), MPI.LAND):
        print(f'timings.py: {row}: {name} gets something else than was sent', file=sys.stderr, flush=True)
        world.Abort(1)


def time_row(row):
    peers = [(name, *peer) for name, peer in rows[row]().items() if wanted_peers == 'all' or name in wanted_peers.split(',')]
    counts = []
    for name, _, turns, works in peers:
        check(row, name, works)
        counts.append(turns_in(turns, float(milliseconds) / 1000))
    for repetition in range(int(repetitions)):
        latency = bench_latency(MPI._handleof(world))
        for i in range(len(peers)):
            k = (i + repetition) % len(peers)
            name, messages, turns, _ = peers[k]
            us = seconds(turns, counts[k]) * 1e6 / counts[k] / messages
            if rank == 0:
                print('sample', row, name, repetition, f'{latency:.4f}', f'{us:.5g}', sep='\t')
    for name, _, _, works in peers:
        check(row, name, works)
    row_end.close()
    sys.stdout.flush()


for wanted in wanted_rows:
    if wanted in rows:
        time_row(wanted)
