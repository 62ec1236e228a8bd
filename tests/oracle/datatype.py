from oracle import *

named = ['CHAR', 'SIGNED_CHAR', 'UNSIGNED_CHAR', 'BYTE', 'SHORT', 'UNSIGNED_SHORT', 'INT', 'UNSIGNED', 'LONG', 'UNSIGNED_LONG', 'LONG_LONG',
         'UNSIGNED_LONG_LONG', 'FLOAT', 'DOUBLE', 'LONG_DOUBLE', 'C_BOOL', 'INT8_T', 'INT16_T', 'INT32_T', 'INT64_T', 'UINT8_T', 'UINT16_T', 'UINT32_T',
         'UINT64_T', 'WCHAR', 'AINT', 'COUNT', 'OFFSET', 'FLOAT_INT', 'DOUBLE_INT', 'LONG_INT', 'INT_INT', 'SHORT_INT', 'C_FLOAT_COMPLEX',
         'C_DOUBLE_COMPLEX', 'PACKED']


def said(name, t):
    integers, addresses, *_, types, combiner = t.Get_envelope()     # mpi4py 4 has large counts before the types
    say(name, t.Get_size(), t.Get_extent(), t.Get_true_extent(), (integers, addresses, types), combiner, t.Pack_size(3, world))
    if t.combiner != MPI.COMBINER_NAMED:
        integers, addresses, *_, types = t.Get_contents()
        say(name, 'made of', integers, addresses, [u.name for u in types])


for name in named:
    t = getattr(MPI, name)
    say(name, t.Get_size(), t.Get_extent(), t.Get_true_extent(), t.Get_name(), t.is_named, t.is_predefined, t.combiner == MPI.COMBINER_NAMED)

made = {
    'dup': MPI.INT.Dup(),
    'contiguous': MPI.INT.Create_contiguous(5),
    'vector': MPI.DOUBLE.Create_vector(3, 2, 4),
    'backwards': MPI.INT.Create_vector(3, 1, -2),
    'hvector': MPI.SHORT.Create_hvector(3, 2, 11),
    'indexed': MPI.INT.Create_indexed([2, 1, 3], [0, 5, 10]),
    'hindexed': MPI.INT.Create_hindexed([2, 1], [4, 40]),
    'indexed_block': MPI.FLOAT.Create_indexed_block(2, [1, 7, 3]),
    'hindexed_block': MPI.FLOAT.Create_hindexed_block(2, [8, 80]),
    'struct': MPI.Datatype.Create_struct([1, 2, 3], [0, 8, 24], [MPI.CHAR, MPI.DOUBLE, MPI.INT]),
    'subarray': MPI.INT.Create_subarray([4, 5], [2, 3], [1, 1]),
    'fortran subarray': MPI.INT.Create_subarray([4, 5], [2, 3], [1, 1], MPI.ORDER_FORTRAN),
    'darray': MPI.INT.Create_darray(4, 1, [8, 6], [MPI.DISTRIBUTE_BLOCK, MPI.DISTRIBUTE_CYCLIC], [MPI.DISTRIBUTE_DFLT_DARG] * 2, [2, 2]),
    'resized': MPI.INT.Create_resized(-4, 16),
    'nothing': MPI.INT.Create_contiguous(0),
}
made['nested'] = made['struct'].Create_vector(2, 1, 3)
for name in sorted(made):
    made[name].Commit()
    said(name, made[name])
say('unequal', made['dup'] == MPI.INT, MPI.INT == MPI.INT)

# data, through the layouts
values = ints(*range(40))
for name in ('indexed', 'hindexed', 'subarray', 'fortran subarray', 'darray'):
    t = made[name]
    got = ints(*[-1] * 40)
    world.Sendrecv([values, 1, t], rank, 0, [got, 1, t], rank, 0)
    say(name, 'data', got)
    flat = ints(*[-1] * (t.Get_size() // 4))
    world.Sendrecv([values, 1, t], rank, 1, flat, rank, 1)
    say(name, 'flat', flat)
    packed = bytearray(t.Pack_size(1, world))
    one = max(t.extent, t.true_ub) // 4  # ints in which one element lies, and not two
    position = t.Pack(ints(*range(one)), packed, 0, world)
    say(name, 'packed', position)
external = bytearray(12)
say('external', MPI.INT.Pack_external_size('external32', 3), MPI.INT.Pack_external('external32', ints(1, 2, 258), external, 0), list(external))

t = MPI.INT.Dup()
say('name', t.name)
t.Set_name('lengths')
say('name', t.name)
say('count', error_of(lambda: MPI.INT.Create_contiguous(-1)), error_of(lambda: MPI.INT.Create_vector(-1, 1, 1)))
for t in made.values():
    t.Free()
finish()
