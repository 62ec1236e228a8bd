from oracle import *

status = MPI.Status()
right, left = (rank + 1) % size, (rank - 1) % size


def said(name, status, datatype=MPI.INT):
    say(name, status.Get_source(), status.Get_tag(), status.Get_error(), status.Get_count(datatype), status.Get_elements(datatype), status.Get_count(),
        status.Is_cancelled())


# around a ring
got = ints(-1, -1, -1)
world.Sendrecv(ints(rank, 10 * rank), right, 3, got, left, 3, status)
say('ring', got)
said('ring status', status)

# every kind of send
for tag, send in enumerate([world.Isend, world.Issend]):
    request = send(ints(rank, tag), right, tag)
    got = ints(-1, -1)
    world.Recv(got, left, tag, status)
    request.Wait()
    say('send', tag, got)
    said('send status', status)

# probes
say('nothing there', world.Iprobe(MPI.ANY_SOURCE, 77, status))
request = world.Isend(ints(1, 2, 3, 4, 5), right, 8)
world.Probe(left, MPI.ANY_TAG, status)
said('probe', status)
say('iprobe', world.Iprobe(left, 8, status))
said('iprobe status', status)
message = world.Mprobe(left, 8, status)
said('mprobe', status)
say('taken', world.Iprobe(left, 8))
got = ints(*[0] * 5)
message.Recv(got, status)
said('mrecv', status)
say('message', got)
request.Wait()
say('improbe', world.Improbe(left, 8) is None)

# lengths that do not divide
pair = MPI.INT.Create_contiguous(2).Commit()
request = world.Isend(ints(1, 2, 3), right, 9)
got = ints(0, 0, 0, 0)
world.Recv([got, 2, pair], left, 9, status)
said('odd', status, pair)
request.Wait()
pair.Free()
request = world.Isend([ints(), 0, MPI.INT], right, 10)
world.Recv([got, 4, MPI.INT], left, 10, status)
said('empty', status)
request.Wait()

# nobody
world.Recv(got, MPI.PROC_NULL, 5, status)
said('null', status)
world.Send(got, MPI.PROC_NULL)
world.Probe(MPI.PROC_NULL, 5, status)
said('null probe', status)
say('null iprobe', world.Iprobe(MPI.PROC_NULL, 5))
said('null mprobe', status) if world.Mprobe(MPI.PROC_NULL, 5, status) else None

# several
buffers = [ints(-1) for _ in range(4)]
requests = [world.Irecv(buffers[tag], left, tag) for tag in range(4)]
sends = [world.Isend(ints(100 * rank + tag), right, tag) for tag in range(4)]
statuses = [MPI.Status() for _ in range(4)]
MPI.Request.Waitall(requests, statuses)
MPI.Request.Waitall(sends)
say('all', buffers)
for s in statuses:
    said('waitall', s)
say('none active', MPI.Request.Waitany(requests) == MPI.UNDEFINED, MPI.Request.Testall(requests), MPI.Request.Waitsome(requests) is None)
index, flag = MPI.Request.Testany(requests)
say('none to test', index == MPI.UNDEFINED, flag, MPI.Request.Testsome(requests) is None)

# cancelled
request = world.Irecv(got, left, 50)
request.Cancel()
request.Wait(status)
say('cancelled', status.Is_cancelled())
request = world.Irecv(got, MPI.PROC_NULL)
request.Wait(status)
said('irecv null', status)
MPI.Request().Wait(status)
said('null request', status)

# wrong arguments
say('rank', error_of(lambda: world.Send(got, size)), error_of(lambda: world.Send(got, -7)), error_of(lambda: world.Recv(got, size)))
say('tag', error_of(lambda: world.Send(got, MPI.PROC_NULL, -7)), error_of(lambda: world.Send(got, 0, -5)))
finish()
