from oracle import *

# 2 x 2 matrices, whose product does not commute
matrix = MPI.INT.Create_contiguous(4).Commit()


def product(left, right, datatype):
    p, q = memoryview(left).cast('i'), memoryview(right).cast('i')
    for k in range(0, len(q), 4):
        a, b, c, d = p[k:k + 4]
        e, f, g, h = q[k:k + 4]
        q[k], q[k + 1], q[k + 2], q[k + 3] = a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


op = MPI.Op.Create(product, commute=False)
say('commutative', op.Is_commutative(), MPI.SUM.Is_commutative(), MPI.REPLACE.Is_commutative())

mine = ints(1, rank + 1, rank, 1, 2, rank, 1, 1)
for root in range(size):
    got = ints(*[-1] * 8)
    world.Reduce([mine, 2, matrix], [got, 2, matrix], op, root)
    say('Reduce matrices', root, got)
    got = ints(-1, -1)
    world.Reduce(ints(rank, 1), got, MPI.SUM, root)
    say('Reduce', root, got)
    got = ints(rank, 1)
    if rank == root:
        world.Reduce(MPI.IN_PLACE, got, MPI.SUM, root)
    else:
        world.Reduce(got, None, MPI.SUM, root)
    say('Reduce in place', root, got)

got = ints(*[-1] * 8)
world.Allreduce([mine, 2, matrix], [got, 2, matrix], op)
say('Allreduce matrices', got)
got = mine[:]
world.Allreduce(MPI.IN_PLACE, [got, 2, matrix], op)
say('Allreduce matrices in place', got)
got = ints(*[-1] * 8)
world.Scan([mine, 2, matrix], [got, 2, matrix], op)
say('Scan matrices', got)
got = mine[:]
world.Scan(MPI.IN_PLACE, [got, 2, matrix], op)
say('Scan matrices in place', got)
got = ints(*[-1] * 8)
world.Exscan([mine, 2, matrix], [got, 2, matrix], op)
say('Exscan matrices', got)
got = mine[:]
world.Exscan(MPI.IN_PLACE, [got, 2, matrix], op)
say('Exscan matrices in place', got if rank > 0 else [])

for name, op in [('SUM', MPI.SUM), ('PROD', MPI.PROD), ('MAX', MPI.MAX), ('MIN', MPI.MIN), ('LAND', MPI.LAND), ('LOR', MPI.LOR), ('LXOR', MPI.LXOR),
                 ('BAND', MPI.BAND), ('BOR', MPI.BOR), ('BXOR', MPI.BXOR)]:
    got = ints(-1, -1, -1)
    world.Allreduce(ints(rank + 1, rank % 2, 6 + rank), got, op)
    say(name, got)
    world.Scan(ints(rank + 1, rank % 2, 6 + rank), got, op)
    say(name, 'Scan', got)
    got = ints(-1, -1, -1)
    world.Exscan(ints(rank + 1, rank % 2, 6 + rank), got, op)
    say(name, 'Exscan', got)
    got = ints(-1)
    world.Reduce_scatter_block(ints(*[rank + i for i in range(size)]), got, op)
    say(name, 'Reduce_scatter_block', got)

# ties go to the lower index
for name, op in [('MAXLOC', MPI.MAXLOC), ('MINLOC', MPI.MINLOC)]:
    got = ints(-1, -1, -1, -1)
    world.Allreduce([ints(rank // 2, rank, 7, size - rank), 2, MPI.INT_INT], [got, 2, MPI.INT_INT], op)
    say(name, got)

doubles = array('d', [0.5 * rank, 1.0 / (rank + 1)])
got = array('d', [-1, -1])
world.Allreduce(doubles, got, MPI.MAX)
say('doubles', list(got))
world.Allreduce(array('d', [2.0 ** rank, 0.25]), got, MPI.PROD)
say('products', list(got))
world.Allreduce([ints(), 0, MPI.INT], [ints(), 0, MPI.INT]) if size > 1 else None
say('op on a type', error_of(lambda: world.Allreduce(array('d', [1]), array('d', [0]), MPI.BAND)))
finish()
