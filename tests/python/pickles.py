"""Exchanges pickles with a C++ program: each value, in each protocol, goes there, is read into a C++ type, is written again and comes back.

usage: pickles.py PROGRAM

Skipped (exit 77) where there is no NumPy.
"""
import collections
import dataclasses
import enum
import os
import pathlib
import pickle
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'launch'))
from numpy_or_skip import np   # noqa: E402

program = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
failures = []
exchanged = 0


@dataclasses.dataclass
class Point:
    x: float
    y: float


@dataclasses.dataclass
class Slots:
    __slots__ = ('x', 'y')
    x: float
    y: float


class Empty:
    pass


class Evil:
    def __reduce__(self):
        return os.system, ('echo this must never be seen; exit 1',)


class Color(enum.Enum):
    red = 1


class Keys(dict):
    pass


class Elements(list):
    pass


Named = collections.namedtuple('Named', 'x y')


def put(data):
    program.stdin.write(struct.pack('<Q', len(data)) + bytes(data))


def ask(kind, data, buffers=()):
    """What the program makes of a pickle: (True, the value) or (False, the text of its exception)."""
    global exchanged
    exchanged += 1
    put(kind.encode())
    program.stdin.write(struct.pack('<Q', len(buffers)))
    for part in (data, *buffers):
        put(part)
    program.stdin.flush()
    status, size = struct.unpack('<QQ', program.stdout.read(16))
    answer = program.stdout.read(size)
    return (False, answer.decode()) if status else (True, pickle.loads(answer))


def same(a, b):
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return (type(a) is type(b) and a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind in 'fc')
                and (a.ndim < 2 or a.size == 0 or a.flags.f_contiguous == b.flags.f_contiguous))
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(map(same, a.values(), b.values()))
    return a == b or (a != a and b != b)


def dumps(value):
    """The value in each protocol, and with its buffers beside it."""
    for protocol in 2, 3, 4:
        yield pickle.dumps(value, protocol), []
    yield from dumps_5(value)


def dumps_5(value):
    yield pickle.dumps(value, 5), []
    buffers = []
    yield pickle.dumps(value, 5, buffer_callback=buffers.append), [buffer.raw() for buffer in buffers]


def check(kind, value, expected=...):
    expected = value if expected is ... else expected
    for data, buffers in dumps(value):
        good, result = ask(kind, data, buffers)
        if not good or not same(result, expected):
            failures.append(f'{kind}: {value!r:.80} in {data[1]} became {result!r:.200}, not {expected!r:.80}')


def refuse(kind, value, *words):
    for data, buffers in dumps(value):
        refuse_bytes(kind, data, buffers, *words)


def refuse_bytes(kind, data, buffers, *words):
    good, result = ask(kind, data, buffers)
    if good or not all(word in result for word in words):
        failures.append(f'{kind}: {data!r:.80} became {result!r:.300}, not an exception with {words}')


def arrays():
    for name in 'b1 i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 f16 c8 c16 c32'.split():
        for shape in (0,), (5,), (3, 4), (2, 3, 4), (0, 3):
            array = (np.arange(np.prod(shape, dtype=int)).reshape(shape) % 100).astype(name)
            yield array
            yield np.asfortranarray(array)
            yield array[::-1]


# Any value, as it comes
VALUES = [
    None, True, False, 0, 1, -1, 255, 256, 65535, 65536, -2**31, 2**31, 2**63 - 1, -2**63, 2**63, -2**63 - 1, 2**64, 10**100, -10**100, 1 << 3000,
    0.0, -0.0, 1.5, -1e300, float('inf'), float('nan'), 1 + 2j, complex('inf'),
    '', 'text', 'ü€𝄞\0', 'x' * 300, 'y' * 70000, b'', b'bytes', bytes(range(256)), b'z' * 70000, bytearray(), bytearray(b'array'),
    bytearray(range(256)) * 300,
    [], [1], [1, 2.0, '3', None], list(range(3000)), [[[]]], (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((), ((),)),
    {}, {'a': 1}, {1: 'one', 2.5: [], (1, 2): {}, None: None}, {i: str(i) for i in range(3000)},
    set(), {1}, {'a', 'b'}, set(range(3000)), frozenset(), frozenset([1, 2]), {frozenset([1]): 2},
    {'x': 1, 'y': 2.0, 'list': [{'deep': ({'deeper': b'!'},)}]},
]
for value in VALUES:
    check('Value', value)
for array in arrays():
    contiguous = array if array.flags.c_contiguous or array.flags.f_contiguous else np.ascontiguousarray(array)
    check('Value', array, contiguous)
    check('AnyArray', array, contiguous)
for array in np.arange(6, dtype='>i4'), np.arange(6, dtype='>f8').reshape(2, 3), np.arange(6, dtype='>c16'):
    check('Value', array, array.astype(array.dtype.newbyteorder('<')))
check('Value', np.float16([1.5, -2, 65504, 6e-8, np.inf, np.nan]), np.float32(np.float16([1.5, -2, 65504, 6e-8, np.inf, np.nan])))
check('Value', [np.ones(3), {'m': np.eye(2)}])
for scalar, plain in ((np.float64(1.5), 1.5), (np.float32(0.5), 0.5), (np.int8(-3), -3), (np.uint16(7), 7), (np.int64(-2**63), -2**63), (np.bool_(True), True),
                      (np.complex64(1 + 2j), 1 + 2j), (np.complex128(1j), 1j), (np.float16(1.5), 1.5)):
    check('Value', scalar, plain)
check('Value', np.uint64(2**64 - 1), np.array(2**64 - 1, 'u8'))
check('Value', np.longdouble(1) / 3, np.array(np.longdouble(1) / 3))
check('Value', collections.OrderedDict([('b', 1), ('a', 2)]), {'b': 1, 'a': 2})
check('Value', collections.defaultdict(list, a=[1]), {'a': [1]})
check('Value', collections.defaultdict(), {})
check('Value', collections.Counter('aab'), {'a': 2, 'b': 1})
for deque in collections.deque(), collections.deque([1, 'two']), collections.deque([1], 5):
    check('Value', deque, list(deque))
check('Value', Point(1.5, 2.0), {'x': 1.5, 'y': 2.0})
check('Value', Slots(1.5, 2.0), {'x': 1.5, 'y': 2.0})
check('Value', Named(1, 'two'), (1, 'two'))
check('Value', Empty(), {})
check('Object', Point(1.5, 2.0), '__main__.Point')
shared = [1, 2]
check('Value', [shared, shared, {'again': shared}])
text = 'shared' * 30
check('Value', [text, {text: text}])

# Numbers, and whether they fit
check('None', None)
check('bool', True)
check('bool', np.bool_(False), False)
for kind, least, most in ('int8', -2**7, 2**7 - 1), ('int', -2**31, 2**31 - 1), ('int64', -2**63, 2**63 - 1), ('uint8', 0, 2**8 - 1), ('uint64', 0, 2**64 - 1):
    check(kind, least)
    check(kind, most)
    refuse(kind, least - 1, 'does not fit', str(least - 1) if least > -2**63 else 'int of 9 bytes')
    refuse(kind, most + 1, 'does not fit')
    refuse(kind, 10**30, 'an int of 13 bytes, which does not fit')
    check(kind, np.int8(5), 5)
    check(kind, np.uint64(5), 5)
    refuse(kind, 1.0, 'the float 1, but the program asks for')
    refuse(kind, True, 'the bool True, but')
    refuse(kind, '1', "the str '1', but")
refuse('int8', np.int64(1000), 'a numpy.int64, which does not fit')
refuse('uint8', np.int64(-1), 'does not fit')
refuse('bool', 1, 'the int 1, but the program asks for the C++ type bool')
check('double', 1.5)
check('double', 3, 3.0)
check('double', 2**53, 2.0**53)
refuse('double', 2**53 + 1, 'does not fit')
refuse('double', 1j, 'a complex, but')
check('double', np.float32(0.5), 0.5)
check('double', np.int16(-4), -4.0)
check('float', 0.1, float(np.float32(0.1)))
check('float', float('inf'))
refuse('float', 1e300, 'does not fit')
refuse('float', 2**24 + 1, 'does not fit')
check('long double', 2**63 - 1, float(2**63 - 1))
check('complex', 1 + 2j)
check('complex', 1.5, 1.5 + 0j)
check('complex', np.complex64(3j), 3j)
check('optional int', None)
check('optional int', 5)

# Text, bytes and containers
check('string', 'ü€𝄞')
refuse('string', b'bytes', 'a bytes of 5 bytes, but')
check('bytes', b'bytes')
check('bytes', bytearray(b'array'), b'array')
refuse('bytes', 'text', "the str 'text', but")
check('bytearray', bytearray(b'array'))
for array in arrays():
    if array.ndim == 1 and array.dtype.kind in 'iuf' and array.dtype.itemsize <= 8:
        check('vector double', array, array.astype('f8').tolist())
        check('array of vector double', array, np.ascontiguousarray(array.astype('f8')))
        check('Array double', array, np.ascontiguousarray(array.astype('f8')))
    if array.ndim == 2 and array.dtype.kind in 'iuf' and array.dtype.itemsize <= 8:
        check('matrix', array, array.astype('f8').tolist())
        order = 'F' if array.flags.f_contiguous and not array.flags.c_contiguous else 'C'
        check('Array float', array, array.astype('f4', order=order))
if np.__version__ < '2':   # what newer versions pickle in protocol 5; the function is only named, not called
    class Transposed:
        def __reduce_ex__(self, protocol):
            buffer = np.arange(24.0).reshape(2, 3, 4)
            return np.core.numeric._frombuffer, (pickle.PickleBuffer(buffer), buffer.dtype, buffer.shape, 'K', (2, 0, 1))
    for data, buffers in dumps_5(Transposed()):
        good, result = ask('Array double', data, buffers)
        if not good or not same(result, np.ascontiguousarray(np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1))):
            failures.append(f'transposed: {result!r:.300}')
for byte_order in '<>':
    check('vector int', np.arange(5, dtype=byte_order + 'i8'), [0, 1, 2, 3, 4])
    check('Array int', np.asfortranarray(np.arange(6, dtype=byte_order + 'u2').reshape(2, 3)), np.asfortranarray(np.arange(6, dtype='i4').reshape(2, 3)))
refuse('vector int', np.arange(3) + 2**40, 'element 0, which does not fit the C++ type int')
refuse('vector int', np.ones(3), 'a NumPy array of float64 of shape (3,), but')
refuse('vector double', np.ones((2, 2)), 'shape (2, 2), but')
refuse('matrix', np.ones(3), 'shape (3,), but')
check('vector double', [1, 2.5], [1.0, 2.5])
check('vector double', (1.0, 2.5), [1.0, 2.5])
refuse('vector double', [1.0, 'two'], "value[1] is the str 'two', but")
check('vector bool', [True, False])
check('vector bool', np.array([True, False, True]), [True, False, True])
check('vector complex', np.array([1j, 2]), [1j, 2 + 0j])
check('vector complex', [1j, 2, 0.5], [1j, 2 + 0j, 0.5 + 0j])
check('vector string', ['a', 'b'])
check('deque int', [1, 2])
check('list int', [1, 2])
check('array 3', [1.0, 2.0, 3.0])
check('array 3', np.arange(3), [0.0, 1.0, 2.0])
refuse('array 3', [1.0, 2.0], 'a list of 2 elements, but')
check('array 2 3', np.arange(6.0).reshape(2, 3), [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
check('array 2 3', np.asfortranarray(np.arange(6.0).reshape(2, 3)), [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
refuse('array 2 3', np.zeros((3, 2)), 'shape (3, 2), but')
check('map', {'x': 1.0, 'y': 2.0})
check('map', {'x': 1, 'y': np.float32(2)}, {'x': 1.0, 'y': 2.0})
check('map', Point(1.5, 2.5), {'x': 1.5, 'y': 2.5})
check('map', collections.OrderedDict(a=1.0), {'a': 1.0})
refuse('map', {'x': {}}, "value['x'] is a dict of 0 keys, but")
refuse('map', {1: 1.0}, 'value[1] is the int 1, but')
check('map of vectors', {'x': np.ones(2), 'y': [3]}, {'x': [1.0, 1.0], 'y': [3.0]})
refuse('map of vectors', {'x': [0.0, 1.0, [2]]}, "value['x'][2] is a list of 1 element, but")
good, result = ask('unordered_map', pickle.dumps({1: 'one', 2: 'two'}))
if result != {1: 'one', 2: 'two'}:
    failures.append(f'unordered_map: {result}')
refuse('map of floats', {1.0: 1, 1.0 + 1e-12: 2}, 'has a key that is the same as another')
check('set', {1, 2, 3})
check('set', frozenset([1, 2]), {1, 2})
check('unordered_set', {'a', 'b'})
check('tuple', (1, 2.5, 'three'))
check('tuple', [1, 2, 'three'], (1, 2.0, 'three'))
refuse('tuple', (1, 2.5), 'a tuple of 2 elements, but')
refuse('tuple', (1, 2.5, 3), 'value[2] is the int 3, but')
check('pair', (1, [2, 3]))
for value in 1, 2.5, 'three', [4, 5], {'six': 6}:
    check('variant', value)
refuse('variant', b'', 'a bytes of 0 bytes, but')
for value in True, 0.5, 3, 1j:
    check('variant of numbers', value)
check('Celsius', 36.6)

# Aggregates
check('Point', {'x': 1.0, 'y': 2.0})
check('Point', {'y': 2, 'x': 1}, {'x': 1.0, 'y': 2.0})
for value in Point(1.0, 2.0), Slots(1.0, 2.0), Named(1.0, 2.0), (1.0, 2.0):
    check('Point', value, {'x': 1.0, 'y': 2.0})
refuse('Point', {'x': 1.0}, "has no 'y', which the C++ type", 'Point')
refuse('Point', {'x': 1.0, 'y': 2.0, 'z': 3.0}, "value['z'] is no member of the C++ type", 'Point')
refuse('Point', (1.0, 2.0, 3.0), 'a tuple of 3 elements, but')
refuse('Point', (1.0, 'y'), "value.y is the str 'y', but")
refuse('Point', Named(1.0, None), 'value.y is None, but')
plan = {'steps': 3, 'dt': 0.5, 'name': None, 'points': [{'x': 1.0, 'y': 2.0}], 'grid': [4, 5], 'color': 2}
check('Plan', plan)
check('Plan', plan | {'name': 'named', 'points': [Point(1.0, 2.0)], 'grid': np.array([4, 5])}, plan | {'name': 'named'})
refuse('Plan', plan | {'points': [Point(1.0, 2.0), {'x': 0.0, 'y': []}]}, "value['points'][1]['y'] is a list of 0 elements, but")
if sys.version_info >= (3, 10):
    @dataclasses.dataclass(frozen=True, slots=True)
    class Frozen:
        x: float
        y: float
    check('Point', Frozen(1.0, 2.0), {'x': 1.0, 'y': 2.0})

# What is not read
refuse('Value', Evil(), 'posix.system would be called')
refuse('Value', Color.red, 'would be called', 'Enum', 'send its .value')
refuse('Value', Keys(a=1), 'an object of __main__.Keys, a subclass of dict', 'send dict(value)')
refuse('Value', Elements([1]), 'an object of __main__.Elements, a subclass of list', 'send list(value)')
for protocol in 0, 1:
    refuse_bytes('Value', pickle.dumps([2**40], protocol), [], 'of protocol 0 or 1')
refuse('Value', [print], 'the class or function', 'print')
refuse('Value', np.array(['text']), 'array of strings')
refuse('Value', np.array([{}, 1.5], dtype=object), 'array of Python objects')
refuse('Value', np.zeros(2, [('a', 'i4'), ('b', 'f8')]), 'array of records')
refuse('Value', np.array(['2026-01-01'], 'M8[D]'), 'elements of an unknown type')
refuse('Value', np.dtype('f8'), 'a type of NumPy')
circle = []
circle.append(circle)
refuse('Value', circle, 'a value is a part of itself')
deep = []
for _ in range(400):
    deep = [deep]
check('Value', deep)
laughs = ['ha'] * 10
for _ in range(20):
    laughs = [laughs] * 10
refuse('Value', laughs, 'would take too much memory')
for data, words in (
        (b'', 'end too early'), (b'\x80\x04', 'end too early'), (b'\x80\x04.', 'within a value'), (b'\x80\x06N.', 'protocol 6'), (b'I1\n.', 'opcode 73'),
        (b'\x80\x04(N.', 'within a value'), (b'\x80\x04h\x05.', 'nothing is in the memo'), (b'\x80\x04j\xff\xff\xff\xff.', 'nothing is in the memo'),
        (b'\x80\x04Nr\xff\xff\xff\x7f.', 'memo'), (b'\x80\x04\x8d' + b'\xff' * 8 + b'.', 'end too early'), (b'\x80\x05\x97.', 'a buffer is missing'),
        (b'\x80\x02' + b'(' * 2000 + b']' + b'.', 'within a value'), (b'\x80\x04' + b']' * 3000 + b'a' * 2999 + b'.', 'deep'),
        (b'\x80\x04' + b')' + b'\x85' * 3000 + b'.', 'deep'), (b'\x80\x04' + pickle.dumps(print, 4)[2:-1] + b')R.', 'builtins.print would be called')):
    refuse_bytes('Value', data, [], words)
for value in VALUES[-1], np.arange(3.0), Point(1.0, 2.0):   # cut short anywhere
    for data, buffers in dumps(value):
        for size in range(len(data)):
            refuse_bytes('Value', data[:size], buffers, 'these')

program.stdin.close()
if program.wait() != 0:
    failures.append(f'the program ended with {program.returncode}')
print(*failures[:20], sep='\n')
print(f'{exchanged} pickles exchanged, {len(failures)} failures')
sys.exit(bool(failures))
