from oracle import *

right, left = (rank + 1) % size, (rank - 1) % size
letter = chr(ord('a') + rank)
table = {'rank': [rank], 'squares': [i * i for i in range(rank + 1)]}

for root in range(size):
    say('bcast', root, world.bcast(table if rank == root else None, root))
    say('scatter', root, world.scatter([f'{letter}{i}' for i in range(size)] if rank == root else None, root))
    gathered = world.gather(letter * (rank + 1), root)
    say('gather', root, gathered if rank == root else [])
    say('none off root', (gathered is None) == (rank != root))
    say('reduce', root, world.reduce(letter, MPI.SUM, root), world.reduce(rank, MPI.MAX, root), world.reduce([rank], lambda a, b: a + b, root))
say('allgather', world.allgather(table))
say('alltoall', world.alltoall([f'{letter} to {i}' for i in range(size)]))
say('allreduce', world.allreduce(letter), world.allreduce(rank + 1, MPI.PROD), world.allreduce(letter, MPI.MAX), world.allreduce(letter, MPI.MIN))
say('scan', world.scan(letter), world.scan(rank, MPI.SUM), world.scan([letter], lambda a, b: b + a))
say('exscan', world.exscan(letter), world.exscan(rank, MPI.SUM), world.exscan([letter], lambda a, b: b + a))
say('bits', world.allreduce(1 << rank, MPI.BOR), world.allreduce(7, MPI.BAND), world.allreduce(rank, MPI.BXOR))
say('places', world.allreduce((rank // 2, rank), MPI.MAXLOC), world.allreduce((rank // 2, rank), MPI.MINLOC))
world.barrier()

status = MPI.Status()
request = world.isend(table, right, 4)
say('recv', world.recv(source=left, tag=4, status=status), status.Get_source(), status.Get_tag())
request.wait()
say('sendrecv', world.sendrecv(letter, right, 5, None, left, 5))
requests = [world.isend(f'{letter}{i}', right, i) for i in range(3)]
say('in order', [world.recv(source=left, tag=tag) for tag in (2, 0, 1)])
MPI.Request.waitall(requests)
receives = [world.irecv(source=left, tag=tag) for tag in range(3)]
requests = [world.isend(f'{letter}{i}', right, i) for i in range(3)]
say('irecv', MPI.Request.waitall(receives))
MPI.Request.waitall(requests)
say('iprobe', world.iprobe(MPI.ANY_SOURCE, 99), world.improbe(MPI.ANY_SOURCE, 99) is None)
request = world.isend(letter, right, 6)
message = world.mprobe(left, 6, status)
say('mprobe', message.recv(), status.Get_source(), status.Get_tag())
request.wait()
request = world.isend([rank] * 5, right, 7)
world.probe(left, 7, status)
say('probe', status.Get_source(), status.Get_tag(), world.recv(source=left, tag=7))
request.wait()
say('wrong root', error_of(lambda: world.bcast(1, size)) != MPI.SUCCESS)
finish()
