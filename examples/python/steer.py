"""Steers ranks of C++: mpiexec -n 1 python3 steer.py : -n 3 ./python_ranks

Each gets a plan and computes a field. Draws fields.png where matplotlib is installed.
"""
import numpy
from mpi4py import MPI

comm = MPI.COMM_WORLD
plan = {"steps": 100, "dt": 0.5}
for rank in range(1, comm.size):
    comm.send(plan, dest=rank)
fields = [comm.recv(source=rank) for rank in range(1, comm.size)]

for field in fields:
    assert field.dtype == float and (field == plan["dt"] * numpy.arange(plan["steps"])).all(), field
print("all fields are right")

try:
    from matplotlib import pyplot
except ImportError:
    pass
else:
    pyplot.switch_backend("agg")
    pyplot.plot(numpy.transpose(fields))
    pyplot.savefig("fields.png")
