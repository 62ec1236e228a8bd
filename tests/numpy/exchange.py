"""Exchanges .npy files with NumPy in both directions: NumPy writes them, PROGRAM loads and saves them, NumPy reads what was saved.

usage: exchange.py LAUNCH RANKS PROGRAM

Skipped (exit 77) where there is no NumPy.
"""
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'launch'))
from numpy_or_skip import np   # noqa: E402

launch, ranks, program = sys.argv[1:]
RECORD = np.dtype([('mass', '<f8'), ('id', '<i4'), ('flags', '<i2', (2,))])


def numbers(dtype, shape):
    values = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    return (values % 3 == 0 if dtype == 'b1' else values % 100 * (1 - 2j if dtype[0] == 'c' else 1)).astype(dtype)


def records(dtype):
    result = np.zeros(7, dtype)
    for i, record in enumerate(result):
        for name, value in zip(('mass', 'id', 'flags'), (i / 4, i, (i, -i))):
            record[name] = value
    return result


def make_arrays():
    """Names and arrays of the files that PROGRAM reads and writes again."""
    for name in 'b1 i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 f16 c8 c16 c32'.split():
        yield name + '_1d', numbers(name, 11)
        yield name + '_big', numbers(name, (4, 3)).astype(np.dtype(name).newbyteorder('>'))
        yield name + '_2d', numbers(name, (7, 5))
        yield name + '_3d', numbers(name, (5, 2, 3))
        yield name + '_empty', numbers(name, (0, 3))
        yield name + '_fortran', np.asfortranarray(numbers(name, (7, 5)))
        yield name + '_fortran3', np.asfortranarray(numbers(name, (5, 2, 3)))
    yield 'record', records(RECORD)
    yield 'record_aligned', records(np.dtype([('id', '<i4'), ('mass', '<f8'), ('flags', '<i2', (2,))], align=True))
    yield 'record_big', records(RECORD.newbyteorder('>'))
    yield 'record_mixed', records(np.dtype([('flags', '>i2', (2,)), ('mass', '<f8'), ('id', '>i4')]))
    nested = np.zeros(7, [('f0', '|i1'), ('f1', RECORD)])
    nested['f0'], nested['f1'] = np.arange(7), records(RECORD)
    yield 'record_nested', nested


def write_others(folder):
    for version in 2, 3:
        with open(folder / f'in_version{version}.npy', 'wb') as file:
            np.lib.format.write_array(file, numbers('f8', 11), version=(version, 0))
    mapped = np.lib.format.open_memmap(folder / 'in_mapped.npy', 'w+', 'f8', (9, 4))
    mapped[:] = numbers('f8', (9, 4))
    mapped.flush()
    np.save(folder / 'in_object.npy', np.array([{}, 1.5], dtype=object))
    np.save(folder / 'in_text.npy', np.array(['eight', 'nine']))
    np.save(folder / 'in_half.npy', numbers('f2', 8))
    np.save(folder / 'in_date.npy', np.array(['2020-02-02'], 'M8[ns]'))
    np.save(folder / 'in_longer.npy', numbers('f8', 8))
    with open(folder / 'in_longer.npy', 'ab') as file:
        file.write(b'x')


def compare(folder, name, array):
    for how in None, 'r':
        saved = np.load(folder / f'out_{name}.npy', mmap_mode=how if array.size else None)
        if array.dtype.names is None:
            assert saved.dtype == array.dtype.newbyteorder('='), (name, saved.dtype)
            assert array.size == 0 or saved.flags.f_contiguous == array.flags.f_contiguous, name
            assert np.array_equal(saved, array), (name, saved, array)
        else:
            assert saved.shape == array.shape, name
            assert name == 'record_nested' or saved.dtype == RECORD, (name, saved.dtype)
            for field in array.dtype.names:
                assert np.array_equal(saved[field], array[field]), (name, field, saved, array)


with tempfile.TemporaryDirectory() as temporary:
    directory = pathlib.Path(temporary)
    arrays = dict(make_arrays())
    for name, array in arrays.items():
        np.save(directory / f'in_{name}.npy', array)
    write_others(directory)
    subprocess.run([*launch.split(), '-n', ranks, program, temporary], check=True)
    for name, array in arrays.items():
        compare(directory, name, array)
    for name in 'version2', 'version3':
        compare(directory, name, numbers('f8', 11))
    compare(directory, 'mapped', numbers('f8', (9, 4)))
