"""Pi as an integral: mpiexec -n 4 python3 pi.py

A rank that is slow can be one of C++: mpiexec -n 3 python3 pi.py : -n 1 ./python_pi
"""
import math

from mpi4py import MPI

comm = MPI.COMM_WORLD
nsteps = 200_000
shares = None
if comm.rank == 0:
    shares = [(nsteps * p // comm.size, nsteps * (p + 1) // comm.size) for p in range(comm.size)]
first, last = comm.scatter(shares, root=0)


def height(x):
    return 4 / (1 + x * x)


dx = 1 / nsteps
part = dx * sum(height((i + 0.5) * dx) for i in range(first, last))
pi = comm.reduce(part, op=MPI.SUM, root=0)
if comm.rank == 0:
    assert abs(pi - math.pi) < 1e-9, pi
    print(f"pi is {pi:.9f}")
