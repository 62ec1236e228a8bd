"""The Python ranks of a mixed job. Each step here has its twin in mixed.cpp.

usage: mixed.py PYTHON_RANKS, where these are the ranks with Python, with commas between them
"""
import collections
import sys
import traceback

import numpy as np
from mpi4py import MPI
from mpi4py.util import pkl5

MPI.COMM_WORLD.Set_errhandler(MPI.ERRORS_RETURN)
WORLD = MPI.COMM_WORLD
PYTHON = [int(rank) for rank in sys.argv[1].split(',')]
LONG = 100_000
Named = collections.namedtuple('Named', 'x y')


class Mail:
    def __init__(self, rank, numbers, name, nothing):
        self.rank, self.numbers, self.name, self.nothing = rank, numbers, name, nothing


def mail(rank, long=0):
    return {'rank': rank, 'numbers': [rank + i / 2 for i in range(3 + long)], 'name': f'ü{rank}', 'nothing': None}


def check(good, what):
    assert good, f'rank {WORLD.rank}: {what!r:.300}'


def check_mail(received, rank, long=0):
    # a Mail where Python has sent one and Python receives it
    check((vars(received) if isinstance(received, Mail) else received) == mail(rank, long), received)


def point_to_point(comm, is_pkl5):
    rank, size = comm.rank, comm.size
    left, right = (rank - 1) % size, (rank + 1) % size
    status = MPI.Status()
    for long in 0, LONG:                                       # send, recv
        if rank % 2 == 0:
            comm.send(mail(rank, long), dest=right, tag=1)
            check_mail(comm.recv(source=left, tag=1, status=status), left, long)
        else:
            received = comm.recv(source=left, tag=1, status=status)
            comm.send(Mail(**mail(rank, long)) if size > 1 else mail(rank, long), dest=right, tag=1)
            check_mail(received, left, long)
        check((status.source, status.tag) == (left, 1), status.source)
    requests = [comm.isend(mail(rank, tag), dest=right, tag=tag) for tag in range(3)]     # isend, irecv
    for tag in 2, 0, 1:
        message = comm.mprobe(source=left, tag=tag).irecv() if is_pkl5 else comm.irecv(source=left, tag=tag)
        check_mail(message.wait(), left, tag)
    for request in requests:
        request.wait()
    check_mail(comm.sendrecv(mail(rank), dest=right, sendtag=3, source=left, recvtag=3), left)
    if rank % 2 == 0:                                          # ssend, issend, bsend
        comm.ssend(mail(rank, LONG), dest=right, tag=7)
    check_mail(comm.recv(source=left, tag=7), left, LONG)
    if rank % 2 == 1:
        comm.ssend(mail(rank, LONG), dest=right, tag=7)
    request = comm.issend(mail(rank), dest=right, tag=8)
    check_mail(comm.recv(source=left, tag=8), left)
    request.wait()
    MPI.Attach_buffer(bytearray(4096))
    comm.bsend(mail(rank), dest=right, tag=9)
    check_mail(comm.recv(source=left, tag=9), left)
    MPI.Detach_buffer()
    request = comm.isend(mail(rank), dest=right, tag=4)        # probe, iprobe
    check(comm.probe(source=left, tag=4, status=status), 'probe')
    while not comm.iprobe(source=left, tag=4):
        pass
    check_mail(comm.recv(source=status.source, tag=status.tag), left)
    request.wait()
    request = comm.isend(mail(rank, LONG), dest=right, tag=5)  # mprobe, improbe
    check_mail(comm.mprobe(source=left, tag=5).recv(), left, LONG)
    request.wait()
    request = comm.isend(mail(rank), dest=right, tag=6)
    message = None
    while message is None:
        message = comm.improbe(source=left, tag=6)
    check_mail(message.recv(), left)
    request.wait()
    check(comm.recv(source=MPI.PROC_NULL) is None, 'PROC_NULL')
    comm.send(mail(rank), dest=MPI.PROC_NULL)
    comm.barrier()
    if rank == 0:                                              # any source, any tag
        seen = set()
        for _ in range(1, size):
            received = comm.recv(source=MPI.ANY_SOURCE, tag=MPI.ANY_TAG, status=status)
            check_mail(received, status.source)
            check(status.tag == 10 + status.source, status.tag)
            seen.add(status.source)
        check(seen == set(range(1, size)), seen)
    else:
        comm.send(mail(rank), dest=0, tag=10 + rank)
    comm.barrier()


def arrays(comm):
    rank, size = comm.rank, comm.size
    request = comm.isend(np.arange(LONG) + rank / 4, dest=(rank + 1) % size)
    received = comm.recv(source=(rank - 1) % size)
    check(np.array_equal(received, np.arange(LONG) + (rank - 1) % size / 4) and received.dtype == float, received)
    received[0] = 1                                            # can be written
    request.wait()
    request = comm.isend(np.asfortranarray(np.arange(60_000, dtype='f4').reshape(200, 300)), dest=(rank + 1) % size)
    received = comm.recv(source=(rank - 1) % size)
    check(np.array_equal(received, np.arange(60_000).reshape(200, 300)) and received.dtype == 'f4' and received.flags.f_contiguous, received)
    request.wait()
    comm.barrier()


def collectives(comm):
    rank, size = comm.rank, comm.size
    for root in range(size):
        for long in 0, LONG:
            check_mail(comm.bcast(mail(rank, long) if rank == root else None, root=root), root, long)
        received = comm.bcast(np.arange(LONG) + root, root=root)
        check(np.array_equal(received, np.arange(LONG) + root), received)
        check_mail(comm.scatter([mail(i) for i in range(size)] if rank == root else None, root=root), rank)
        received = comm.gather(mail(rank), root=root)
        check(received == ([mail(i) for i in range(size)] if rank == root else None), received)
        received = comm.reduce(rank + 1, op=MPI.SUM, root=root)
        check(received == (size * (size + 1) // 2 if rank == root else None), received)
        received = comm.reduce(f'<{rank}>', op=lambda a, b: a + b, root=root)
        check(received == (''.join(f'<{i}>' for i in range(size)) if rank == root else None), received)
    check(comm.allgather(mail(rank)) == [mail(i) for i in range(size)], 'allgather')
    received = comm.allgather({'rank': rank} if rank in PYTHON else [rank])
    check(received == [{'rank': i} if i in PYTHON else [i] for i in range(size)] or comm.size != WORLD.size, received)
    check(comm.alltoall([100 * rank + i for i in range(size)]) == [100 * i + rank for i in range(size)], 'alltoall')
    check(comm.allreduce(rank + 1) == size * (size + 1) // 2, 'allreduce')
    check(comm.allreduce(f'<{rank}>', op=lambda a, b: a + b) == ''.join(f'<{i}>' for i in range(size)), 'allreduce')
    check(comm.scan(f'<{rank}>', op=lambda a, b: a + b) == ''.join(f'<{i}>' for i in range(rank + 1)), 'scan')
    check(comm.exscan(f'<{rank}>', op=lambda a, b: a + b) == (''.join(f'<{i}>' for i in range(rank)) or None), 'exscan')


VALUES = [
    None, True, False, 0, -1, 255, 65536, 2**31, -2**63, 2**63, 10**100, 0.0, -1.5, float('inf'), 1 + 2j, '', 'ü€𝄞', 'x' * 70000, b'', b'bytes',
    bytearray(b'array'), [], [1, 2.0, '3', None], (), (1,), (1, (2, 3), 4, 5), {}, {'a': 1, 2: [3], (4, 5): None}, set(), {1, 2}, frozenset([3]),
    {'deep': [{'deeper': ({1}, b'!')}]}, list(range(5000)),
]
AS_PLAIN = [(np.float64(1.5), 1.5), (np.int8(-3), -3), (np.bool_(True), True), (np.complex64(1j), 1j), (Mail(1, [], '', None), vars(Mail(1, [], '', None))),
            (Named(1, 2), (1, 2)), (collections.OrderedDict(a=1), {'a': 1})]


def arrays_of_all_types():
    for name in 'b1 i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 f16 c8 c16 c32'.split():
        for shape in (5,), (3, 4), (2, 3, 4), (200, 300):
            array = (np.arange(np.prod(shape)).reshape(shape) % 100).astype(name)
            yield array
            yield np.asfortranarray(array)


def echo(comm):
    """Each value goes to each C++ rank and comes back."""
    for other in range(comm.size):
        if other in PYTHON:
            continue
        for value, expected in [(value, value) for value in VALUES] + AS_PLAIN:
            comm.send(value, dest=other)
            received = comm.recv(source=other)
            check(type(received) is type(expected) and received == expected, (value, received))
        for array in arrays_of_all_types():
            comm.send([array], dest=other)
            received, = comm.recv(source=other)
            check(np.array_equal(received, array) and received.dtype == array.dtype, (array, received))
            check(received.flags.f_contiguous == array.flags.f_contiguous, array.shape)
        comm.send('end of echo', dest=other)
    comm.barrier()


def errors(comm):
    """What is no int is an exception there, and the next message comes all the same."""
    for other in range(comm.size):
        if other not in PYTHON and comm.rank == PYTHON[0]:
            comm.send({'x': [1, 'two']}, dest=other)
            comm.send(print, dest=other)
            comm.send(5, dest=other)
            comm.send(2**40, dest=other)
            comm.send('end', dest=other)
    comm.barrier()


def run():
    for is_pkl5, world in (False, WORLD), (True, pkl5.Intracomm(WORLD)):
        point_to_point(world, is_pkl5)
        arrays(world)
        collectives(world)
        echo(world)
        errors(world)
        half = WORLD.Split(WORLD.rank % 2, WORLD.rank)
        collectives(pkl5.Intracomm(half) if is_pkl5 else half)
        half.Free()


try:
    run()
except BaseException:   # the others would wait for this rank
    traceback.print_exc()
    sys.stderr.flush()
    WORLD.Abort(1)
if WORLD.rank == PYTHON[0]:
    print('the mixed job is done')
