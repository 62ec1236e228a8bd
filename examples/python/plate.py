"""Heat in a plate, which exists once on each node: mpiexec -n 4 python3 plate.py [FOLDER of the module heat]"""
import sys

import numpy
from mpi4py import MPI

sys.path[1:1] = sys.argv[1:]
import heat   # noqa: E402

node = MPI.COMM_WORLD.Split_type(MPI.COMM_TYPE_SHARED)
rows, columns, steps = 50, 70, 101
shape = (2, rows, columns)
nbytes = 8 * rows * columns * 2 if node.rank == 0 else 0
win = MPI.Win.Allocate_shared(nbytes, 8, comm=node)
planes = numpy.ndarray(shape, "d", win.Shared_query(0)[0])   # the same memory on every rank

win.Lock_all()
if node.rank == 0:
    planes[:] = 0
    planes[:, 0] = 1   # one edge is hot
win.Sync()
node.Barrier()
win.Sync()
heat.run(node, win, planes, steps)

plane = numpy.zeros((rows, columns))
plane[0] = 1
for _ in range(steps):
    plane[1:-1, 1:-1] = 0.2 * (plane[1:-1, 1:-1] + plane[:-2, 1:-1] + plane[2:, 1:-1] + plane[1:-1, :-2] + plane[1:-1, 2:])
assert numpy.allclose(planes[steps % 2], plane, rtol=0, atol=1e-12)
try:
    heat.run(node, win, planes.astype("f"), 1)
    raise AssertionError("an array of another type was taken")
except TypeError:
    pass
if node.rank == 0:
    print(f"{node.size} ranks have computed the heat of one plate: {plane.sum():.3f}")
node.Barrier()
win.Unlock_all()
win.Free()
node.Free()
