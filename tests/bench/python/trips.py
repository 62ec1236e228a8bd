"""Measures round trips of values from rank 0 to rank 1, which runs this script too, and to rank 2, which runs echo.cpp; and calls of module.cpp.

usage: trips.py FOLDER REPETITIONS, where FOLDER has the module

Prints medians. The two peers take turns. The one that has none sleeps.
"""
import statistics
import sys
import time

import numpy
from mpi4py import MPI
from mpi4py.util import pkl5

folder, repetitions = sys.argv[1], int(sys.argv[2])
world = MPI.COMM_WORLD
with_buffers = pkl5.Intracomm(world)


def make_dict(entries):
    return {f'key {i}': float(i) for i in range(entries)}


doubles = numpy.arange(1e6)
# What is sent, by which communicator, and how often in a turn.
ROWS = {
    'dict of 2': (make_dict(2), world, 1000),
    'dict of 1000': (make_dict(1000), world, 30),
    '10^6 doubles': (doubles, world, 5),
    '10^6 doubles, pkl5': (doubles, with_buffers, 5),
}
PEERS = {'mpi4py': 1, 'C++': 2}


def echo():
    comms = [comm for _, comm, _ in ROWS.values()]
    while True:
        while not world.iprobe(source=0):
            time.sleep(0.001)
        row, count = world.recv(source=0)
        if count == 0:
            return
        for _ in range(count):
            comms[row].send(comms[row].recv(source=0), dest=0)


def measure_trips(row, value, comm, count, peer):
    """Microseconds of one round trip in a turn."""
    def trip():
        comm.send(value, dest=peer)
        return comm.recv(source=peer)

    world.send((row, count + 1), dest=peer)
    back = trip()   # wakes the peer
    if not (numpy.array_equal(back, value) if value is doubles else back == value):
        sys.exit(f'rank {peer} has sent another value back')
    begin = time.perf_counter()
    for _ in range(count):
        trip()
    return (time.perf_counter() - begin) / count * 1e6


def measure_calls(call, argument):
    """Nanoseconds of one call in a turn."""
    count = 20_000
    begin = time.perf_counter()
    for _ in range(count):
        call(argument)
    return (time.perf_counter() - begin) / count * 1e9


def show(title, unit, samples):
    """Print a table of medians, and of the median ratio of a turn to that of the first column."""
    columns = list(next(iter(samples.values())))
    print(f'\n| {title}, {unit} | ' + ' | '.join(columns) + ' |')
    print('|---' * (len(columns) + 1) + '|')
    for name, times in samples.items():
        cells = [f'{statistics.median(times[columns[0]]):.3g}']
        for column in columns[1:]:
            ratio = statistics.median(time / first for time, first in zip(times[column], times[columns[0]]))
            cells.append(f'{statistics.median(times[column]):.3g} (× {ratio:.2f})')
        print(f'| {name} | ' + ' | '.join(cells) + ' |')


def main():
    sys.path.insert(0, folder)
    import mpi4cxx_bench_module as module   # pylint: disable=import-error, import-outside-toplevel
    calls = {'nothing': module.nothing, 'a communicator taken': module.take, 'rank': module.rank, 'rank of mpi4py': MPI.Comm.Get_rank}
    called = {name: {'median': []} for name in calls}
    for _ in range(repetitions):
        for name, call in calls.items():
            called[name]['median'].append(measure_calls(call, world))

    trips = {name: {peer: [] for peer in PEERS} for name in ROWS}
    for repetition in range(repetitions):
        for row, (name, (value, comm, count)) in enumerate(ROWS.items()):
            for peer in sorted(PEERS, reverse=repetition % 2 == 1):
                trips[name][peer].append(measure_trips(row, value, comm, count, PEERS[peer]))
    for peer in PEERS.values():
        world.send((0, 0), dest=peer)
    show('there and back', 'µs', trips)
    show('call', 'ns', called)


if world.rank == 0:
    main()
else:
    echo()
