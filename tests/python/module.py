"""Calls an extension module, on any number of ranks.

usage: module.py FOLDER, where the module is
"""
import sys
import threading

import numpy as np
from mpi4py import MPI

sys.path.insert(0, sys.argv[1])
import mpi4cxx_test_module as module   # noqa: E402

world = MPI.COMM_WORLD
rank, size = world.rank, world.size


def refused(function, *args):
    try:
        function(*args)
    except TypeError:
        return
    raise AssertionError(f'{function} takes {args}')


# Each class there and back
grid = world.Create_cart([size])
graph = world.Create_graph([1] * size, [i for i in range(size)])
dist = world.Create_dist_graph_adjacent([rank], [rank])
win = MPI.Win.Create(None, comm=MPI.COMM_WORLD) if size > 1 else MPI.WIN_NULL   # Open MPI 4.1 makes none of one process
info = MPI.Info.Create()
dup = world.Dup()
for function, handle in ((module.comm, world), (module.comm, grid), (module.intracomm, world), (module.intracomm, grid), (module.cartcomm, grid),
                         (module.graphcomm, graph), (module.distgraphcomm, dist), (module.group, world.Get_group()), (module.datatype, MPI.DOUBLE),
                         (module.op, MPI.SUM), (module.info, info), (module.errhandler, MPI.ERRORS_RETURN), (module.win, win), (module.file, MPI.FILE_NULL),
                         (module.comm, MPI.COMM_NULL), (module.comm, dup)):
    result = function(handle)
    assert result == handle, (function, handle)
if size > 1:
    inter = MPI.COMM_WORLD.Split(rank % 2, rank).Create_intercomm(0, world, 1 - rank % 2)
    assert module.intercomm(inter) == inter and type(module.comm(inter)) is MPI.Intercomm
    refused(module.intracomm, inter)
assert type(module.comm(grid)) is MPI.Cartcomm
refused(module.cartcomm, world)
refused(module.comm, 5)
refused(module.comm, MPI.SUM)

# Results are Python's
group = module.group_of(world)
assert group.size == size and group.rank == rank
group.Free()
vector = module.vector(2, 1, 3)
assert vector.Get_size() == 16
vector.Free()

# Buffers
total = np.zeros(3)
module.total(world, np.full(3, rank + 1.0), total)
assert (total == size * (size + 1) / 2).all()
for dtype in 'b1 i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 f16 c8 c16 c32'.split():
    sent = (np.arange(12).reshape(3, 4) + rank).astype(dtype)
    received = np.zeros((3, 4), dtype)
    module.shift(world, sent, received)
    assert (received == (np.arange(12).reshape(3, 4) + (rank - 1) % size).astype(dtype)).all(), dtype
matrix = np.arange(20.0).reshape(4, 5) + 100 * rank
column = np.zeros((4, 5))
module.shift(world, matrix[:, 2], column[:, 1])           # with gaps
assert (column[:, 1] == np.arange(20.0).reshape(4, 5)[:, 2] + 100 * ((rank - 1) % size)).all() and column[:, 0].sum() == 0
constant = np.ones(3)
constant.flags.writeable = False
module.total(world, constant, total)
assert (total == size).all()
refused(module.total, world, constant, constant)
refused(module.total, world, 'text', total)
refused(module.total, world, np.array(['text']), total)
received = bytearray(5)
module.shift(world, b'bytes', received)
assert received == b'bytes'

# Requests, messages and statuses
sent = np.full(4, float(rank))
request = module.isend(world, sent, (rank + 1) % size)
message, status = world.Mprobe(), MPI.Status()
received = np.zeros(4)
module.recv_message(message, received, status)
assert message == MPI.MESSAGE_NULL and status.Get_source() == (rank - 1) % size and (received == (rank - 1) % size).all()
module.wait(request)
assert request == MPI.REQUEST_NULL
module.set_source_through_moved_caster(status, 7)
assert status.Get_source() == 7

# Errors
try:
    module.fail(world)
    raise AssertionError('a wrong rank is no error')
except MPI.Exception as error:
    assert error.Get_error_class() == MPI.ERR_RANK, error
    assert 'MPI_Send' in str(error.__cause__), error.__cause__

# Other threads run while a call waits
world.Barrier()
if size > 1 and rank < 2 and MPI.Query_thread() == MPI.THREAD_MULTIPLE:
    part, answer = np.zeros(1), np.zeros(1)
    pair = world.Split(0, rank) if size == 2 else None
    if pair is not None:
        if rank == 0:
            go = threading.Event()
            waiter = threading.Thread(target=module.total, args=(pair, part, answer))
            waiter.start()
            world.send('go', dest=1)   # the thread holds no lock that would keep this from running
            waiter.join(60)
            assert not waiter.is_alive()
        else:
            world.recv(source=0)
            module.total(pair, part, answer)
        pair.Free()
for handle in grid, graph, dist, info, dup, *([win] if size > 1 else []):
    handle.Free()
world.Barrier()
if rank == 0:
    print('the module is right')
