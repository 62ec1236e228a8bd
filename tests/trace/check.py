#!/usr/bin/env python3
"""Looks at what the trace and the watchdog say of programs that are known: check.py WAY LAUNCH LIBRARY TRAFFIC STANDSTILL EXPLAIN PROGRAM…"""
import collections
import csv
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'launch'))
import jobs
from jobs import check

way, launch, library, traffic, standstill, explain, *programs = sys.argv[1:]
folder = pathlib.Path(tempfile.mkdtemp(prefix='trace.'))
source = (pathlib.Path(__file__).parent / 'standstill.cpp').read_text()


def run(ranks, program, *arguments, limit=100, **variables):
    return jobs.run(launch, '-n', str(ranks), program, *arguments, limit=limit, without=['MPI4CXX_TRACE'], cwd=folder, **variables)


def same(found, expected, what):
    check(found == expected, f'{what}: {found} instead of {expected}')


# What traffic.cpp sends: rank to rank, messages, bytes; and what its collectives give, in the order of their calls.
MESSAGES = {(0, 1): (3, 80 + 100 + 16), (1, 2): (3, 80 + 16 + 28), (2, 0): (5, 80 + 4 * 24), (2, 1): (1, 4), (1, 0): (1, 4)}
COLLECTIVES = {(0, 1): 8 + 8 + 12 + 4 + 4 + 8 + 4 + 1, (0, 2): 8 + 12 + 12 + 4 + 4 + 8 + 4 + 1,
               (1, 0): 40 + 8 + 8 + 4 + 8 + 12 + 4 + 8 + 4 + 1, (1, 2): 40 + 8 + 12 + 12 + 4 + 4 + 8 + 4 + 1,
               (2, 0): 8 + 4 + 8 + 4 + 8 + 12 + 4 + 8 + 4 + 1, (2, 1): 8 + 8 + 8 + 12 + 4 + 8 + 4 + 1}
# Calls, bytes sent, bytes received by rank.
CALLS = {
    'MPI_Isend': [(1, 80, 0)] * 3, 'MPI_Irecv': [(1, 0, 80)] * 3, 'MPI_Waitall': [(1, 0, 0)] * 3, 'MPI_Ssend': [(1, 100, 0), None, None],
    'MPI_Sendrecv': [(1, 16, 0), (1, 16, 16), (1, 0, 16)], 'MPI_Mprobe': [None, None, (1, 0, 0)], 'MPI_Mrecv': [None, None, (1, 0, 28)],
    'MPI_Send_init': [None, None, (1, 96, 0)], 'MPI_Recv_init': [(1, 0, 96), None, None], 'MPI_Start': [(4, 0, 0), None, (4, 0, 0)],
    'MPI_Rsend': [None, (1, 4, 0), None], 'MPI_Bcast': [(1, 0, 0), (1, 80, 0), (1, 0, 0)], 'MPI_Gather': [(1, 0, 0), (1, 8, 0), (1, 8, 0)],
    'MPI_Scatterv': [(1, 0, 0), (1, 0, 0), (1, 12, 0)], 'MPI_Allgather': [(1, 16, 0)] * 3, 'MPI_Alltoallv': [(1, 20, 0), (1, 16, 0), (1, 12, 0)],
    'MPI_Reduce': [(1, 0, 0), (1, 8, 0), (1, 8, 0)], 'MPI_Allreduce': [(1, 24, 0)] * 3, 'MPI_Scan': [(1, 8, 0), (1, 4, 0), (1, 0, 0)],
    'MPI_Reduce_scatter_block': [(1, 8, 0)] * 3, 'MPI_Iallreduce': [(1, 16, 0)] * 3, 'MPI_Neighbor_allgather': [(1, 8, 0)] * 3,
    'MPI_Barrier': [(1, 0, 0)] * 3, 'MPI_Alltoall': [(1, 2, 0)] * 3, 'MPI_Comm_split': [(1, 0, 0)] * 3, 'MPI_Cart_create': [(1, 0, 0)] * 3, 'MPI_Finalize': [(1, 0, 0)] * 3,
}


def summary(path):
    """Count, bytes sent, bytes received, seconds, seconds of waiting by rank and call."""
    rows = re.findall(r'^(\d+) +(MPI_\w+) +(\d+) +(\d+) +(\d+) +([\d.]+) +([\d.]+)$', (path / 'summary.txt').read_text(), re.M)
    return {(int(rank), call): (int(n), int(sent), int(received), float(seconds), float(waiting)) for rank, call, n, sent, received, seconds, waiting in rows}


def check_summary(path, but=()):
    calls = summary(path)
    for call, expected in CALLS.items():
        if call not in but:
            same([calls.get((rank, call), (None,) * 3)[:3] for rank in range(3)], [row or (None,) * 3 for row in expected], call)
    for (rank, call), (_, _, _, seconds, waiting) in calls.items():
        check(waiting <= seconds + 1e-5, f'{call} on rank {rank} waits {waiting} of {seconds} s')
    return calls


def check_matrix(path):
    rows = {(int(row['from']), int(row['to'])): row for row in csv.DictReader((path / 'matrix.csv').open())}
    for pair, expected in MESSAGES.items():
        same((int(rows[pair]['messages']), int(rows[pair]['bytes'])), expected, f'messages and bytes {pair}')
    for pair, expected in COLLECTIVES.items():
        same(int(rows[pair]['collective_bytes']), expected, f'bytes in collectives {pair}')
    same(set(rows), set(COLLECTIVES), 'pairs')


def check_timeline(path, calls):
    events = json.loads((path / 'timeline.json').read_text())['traceEvents']
    seen = collections.Counter((event['pid'], event['name']) for event in events if event['ph'] == 'X')
    for call, expected in CALLS.items():
        for rank, row in enumerate(expected):
            if call in calls and row is not None:
                same(seen[rank, call], row[0], f'events of {call} on rank {rank}')
    for event in events:
        check(event.get('dur', 0) >= 0 and event.get('ts', 0) >= 0, f'{event} is not in time')
    begins, ends = [{event['id']: event for event in events if event['ph'] == phase} for phase in 'sf']
    same(begins.keys(), ends.keys(), 'arrows')
    arrows = collections.Counter((begins[i]['pid'], ends[i]['pid']) for i in begins)
    for pair, (messages, _) in MESSAGES.items():
        same(arrows[pair], messages, f'arrows {pair}')
    for i in begins:
        check(begins[i]['ts'] <= ends[i]['ts'], f'{begins[i]} comes before it is sent: {ends[i]}')
    by_name = {(event['pid'], event['name']): event['args'] for event in events if event['ph'] == 'X' and 'args' in event}
    same(by_name[1, 'MPI_Rsend'], {'bytes': 4, 'peer': 0, 'tag': 7, 'communicator': 'MPI_COMM_WORLD'}, 'MPI_Rsend')
    same((by_name[2, 'MPI_Mrecv']['peer'], by_name[2, 'MPI_Mrecv']['bytes']), (1, 28), 'MPI_Mrecv')


def check_pictures(path):
    for name, text in ('timeline.svg', 'rank 2'), ('matrix.svg', '100 B'):
        root = xml.etree.ElementTree.parse(path / name).getroot()
        texts = [element.text for element in root.iter('{http://www.w3.org/2000/svg}text')]
        check(name != 'timeline.svg' or text in texts, f'{name} does not say {text}')
        check(len(list(root.iter('{http://www.w3.org/2000/svg}rect'))) > 10, f'{name} is empty')


def complete():
    code, text = run(3, traffic, MPI4CXX_TRACE='trace')
    same(code, 0, 'status')
    path = folder / 'traffic.trace'
    check(f'are in {path}' in text, 'nobody said where the results are')
    same(sorted(file.name for file in path.iterdir()), ['.mpi4cxx-trace', 'matrix.csv', 'matrix.svg', 'summary.txt', 'timeline.json', 'timeline.svg'], 'files')
    calls = check_summary(path)
    check_matrix(path)
    check_timeline(path, CALLS)
    check_pictures(path)
    check(calls[0, 'MPI_Recv'][4] > 0.4, 'rank 0 did not wait for rank 1')
    check(calls[0, 'MPI_Alltoall'][4] > 0.5 > calls[2, 'MPI_Alltoall'][4], 'rank 0 did not wait for rank 2, or rank 2 did')
    code, text = run(3, traffic, MPI4CXX_TRACE='trace')
    check(f'are in {path}.2' in text, 'the second run has not a folder of its own')


def traced_in(path, expected, trace='trace', **variables):
    """Traces a program into the given folder, and expects what the trace says. Only the program gets the variables: launchers need TMPDIR, too."""
    setting = (f'{name}={value}' for name, value in variables.items())
    code, text = run(2, 'env', *setting, standstill, 'none', MPI4CXX_TRACE=trace, MPI4CXX_TRACE_DIR=str(path))
    same(code, 0, 'status')
    check(expected in text, f'nobody said "{expected}"')


def put(path, *names):
    for name in names:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text('mine')


def folders():
    """The trace deletes and replaces only what is its own."""
    theirs, given = folder / 'theirs', folder / 'given'
    names = 'spawned.cpp', 'spawned/deep/data', 'log.txt', 'spawned.2/summary.txt'
    before = (*names, 'summary.txt', 'log.0', 'end/data')
    put(theirs, *before)
    traced_in(theirs, f'are in {theirs}/standstill.trace\n')
    traced_in(theirs, '', trace='watchdog')
    same([(theirs / name).read_text() for name in before], ['mine'] * len(before), "somebody else's files")
    same(len(list(theirs.iterdir())), 8, 'files beside them')

    traced_in(given, f'are in {given}\n')
    put(given, *names, 'still.7', 'log.7', 'log.8.part', 'spawned.3/.mpi4cxx-trace', 'spawned.3/summary.txt', 'spawned.4/.mpi4cxx-trace', 'spawned.4/mine')
    traced_in(given, '', trace='watchdog')
    same({str(path.relative_to(given)) for path in given.rglob('*') if path.is_file()},
         {*names, '.mpi4cxx-trace', 'spawned.4/.mpi4cxx-trace', 'spawned.4/mine'}, 'files that are left')
    with (given / '.mpi4cxx-trace').open('w') as marker:  # as a job that runs
        fcntl.flock(marker, fcntl.LOCK_EX)
        traced_in(given, f'are in {given}/standstill.trace\n')
    (folder / 'empty').mkdir()
    for name in 'empty', 'new':
        traced_in(folder / name, '', trace='watchdog')
    same([list((folder / 'empty').iterdir()), (folder / 'new').exists()], [[], False], 'folders without a report')


def not_written():
    """Results that cannot be written are not promised."""
    put(folder, 'file', 'temporary/file')
    traced_in(folder / 'file' / 'sub', f'cannot write to {folder}/file/sub: Not a directory; the results go to {folder}/temporary/standstill.trace\n',
              TMPDIR=str(folder / 'temporary'))
    check((1, 'MPI_Finalize') in summary(folder / 'temporary' / 'standstill.trace'), 'the other folder has no results')
    for trace in 'trace', 'watchdog:5', 'abort':  # which asks for the watchdog
        traced_in(folder / 'file' / 'sub', 'nothing is recorded or watched\n', trace=trace, TMPDIR=str(folder / 'file'))
    traced_in('occupied', '')
    (folder / 'occupied' / 'summary.txt').unlink()
    put(folder / 'occupied', 'summary.txt/file')
    traced_in('occupied', f'cannot write all results to {folder}/occupied: Is a directory\n')


def too_little_room():
    """A log that does not fit is left out, and a folder that cannot be looked at any more ends no program."""
    full, lost = folder / 'full', folder / 'lost'
    code, _ = run(2, traffic, 'full', MPI4CXX_TRACE='trace', MPI4CXX_TRACE_DIR=str(full))
    same((code, sorted(file.name for file in full.glob('log*'))), (0, []), 'status and logs that are left')
    check('for they have not written it: ranks 1.' in (full / 'summary.txt').read_text(), 'nobody said whose log is missing')
    code, text = run(2, traffic, 'lost', MPI4CXX_TRACE='trace', MPI4CXX_TRACE_DIR=str(lost))
    same(code, 0, 'status')
    check(f'cannot write all results to {lost}' in text, 'nobody said so')


def an_object():
    code, _ = run(3, traffic, 'object', MPI4CXX_TRACE='trace')
    same(code, 0, 'status')
    rows = {(row['from'], row['to']): int(row['bytes']) for row in csv.DictReader((folder / 'traffic.trace' / 'matrix.csv').open())}
    same(set(rows), {('0', '2'), ('2', '0')}, 'pairs')
    check(1_000_000 < rows['0', '2'] < 1_001_000, f"an object of 1000000 bytes was sent as {rows['0', '2']}")
    received = [sum(row[2] for (r, _), row in summary(folder / 'traffic.trace').items() if r == rank) for rank in range(3)]
    same(received, [rows['2', '0'], 0, rows['0', '2']], 'bytes received')


def one_sided():
    """Bytes of one-sided calls go from the origin to the target if written, and the other way if read."""
    code, _ = run(2, traffic, 'one_sided', MPI4CXX_TRACE='trace')
    same(code, 0, 'status')
    rows = {(row['from'], row['to']): int(row['window_bytes']) for row in csv.DictReader((folder / 'traffic.trace' / 'matrix.csv').open())}
    same(rows, {('0', '1'): 24 + 16 + 8, ('1', '0'): 8 + 8}, 'bytes of one-sided calls')
    calls = summary(folder / 'traffic.trace')
    same([calls[0, 'MPI_Put'][:3], calls[1, 'MPI_Get'][:3], calls[1, 'MPI_Accumulate'][:3], calls[1, 'MPI_Fetch_and_op'][:3]],
         [(1, 24, 0), (1, 0, 16), (1, 8, 0), (1, 8, 8)], 'one-sided calls')


def groups():
    """Between two groups, what a process gives to each of the other group is what its own group gets, shared out evenly."""
    code, _ = run(3, traffic, 'groups', MPI4CXX_TRACE='trace')
    same(code, 0, 'status')
    rows = {(row['from'], row['to']): int(row['collective_bytes']) for row in csv.DictReader((folder / 'traffic.trace' / 'matrix.csv').open())}
    same(rows, {('0', '1'): 8, ('0', '2'): 8, ('1', '0'): 16, ('2', '0'): 16}, 'bytes in collectives')


def aborted():
    code, _ = run(3, traffic, 'abort', MPI4CXX_TRACE='trace', MPI4CXX_TRACE_DIR='elsewhere')
    check(code != 0, 'the job ended with 0')
    check_summary(folder / 'elsewhere', but=('MPI_Barrier', 'MPI_Finalize'))
    check_matrix(folder / 'elsewhere')
    run(2, traffic, 'all_abort', MPI4CXX_TRACE='trace', MPI4CXX_TRACE_DIR=str(folder / 'all'))
    check((0, 'MPI_Barrier') in summary(folder / 'all'), 'another rank has ended the job before the results were written')


def spawned():
    """Processes that are started have results of their own."""
    for _ in range(2):  # the second run replaces the results of the first
        code, _ = run(2, traffic, 'spawn', MPI4CXX_TRACE='trace', MPI4CXX_TRACE_DIR='given')
        same(code, 0, 'status')
        check((0, 'MPI_Comm_spawn') in summary(folder / 'given'), 'the results are not those of the parents')
        check((0, 'MPI_Finalize') in summary(folder / 'given' / 'spawned'), 'the children have no results')
        check(not (folder / 'given' / 'spawned.2').exists(), 'old results are left')
    stands_still(2, 'leaves_started', 'rank 0: MPI_Comm_disconnect on the intercommunicator', 'The job goes on: a message or another call is under way', ends=False)


def preloaded():
    """As other programs use it, for which nobody sets the variable."""
    code, _ = run(3, 'env', f'LD_PRELOAD={library}', traffic, MPI4CXX_TRACE_DIR='preloaded')
    same(code, 0, 'status')
    check_summary(folder / 'preloaded')


def off():
    for variables in {}, {'MPI4CXX_TRACE': ''}, {'MPI4CXX_TRACE': '0'}:
        code, text = run(1, 'env', 'LD_DEBUG=libs', standstill, 'none', **variables)
        same(code, 0, 'status')
        check('libmpi' in text and 'mpi4cxx-trace' not in text, 'the library is loaded')
    same(list(folder.iterdir()), [], 'files')
    code, text = run(1, standstill, 'none', MPI4CXX_TRACE='trace,nonsense')
    check("MPI4CXX_TRACE is 'trace,nonsense', but must be" in text, 'nobody complained')
    code, text = run(2, standstill, 'none', MPI4CXX_TRACE='1', MPI4CXX_TRACE_DIR='mixed', MPI4CXX_MIXED='1')
    same((code, (folder / 'mixed').exists()), (0, False), 'status and folder of a mixed job')
    check('the ranks of a mixed job are neither recorded nor watched' in text, 'nobody said so')


def line(what):
    number = next(i for i, text in enumerate(source.splitlines(), 1) if text.endswith(f'// here: {what}'))
    return rf'at \S*standstill\.cpp:{number} in \S+'


def stands_still(ranks, name, *lines, ends=True, trace=',abort'):
    begin = time.monotonic()
    code, text = run(ranks, standstill, name, MPI4CXX_TRACE='watchdog:3' + trace, MPI4CXX_TRACE_DIR=name)
    check(ends is None or (code != 0) == ends, f'the job ended with {code}')
    check(time.monotonic() - begin < 30, 'the job ended too late')
    check('mpi4cxx watchdog: nothing has moved for 3 s' in text, 'nobody reported')
    for expected in lines:
        check(re.search(expected, text), f'nobody said "{expected}"')
    check('A cycle' in text or not any('A cycle' in expected for expected in lines), 'nobody named the cycle')
    return text


def in_cycle(*ranks):
    return 'A cycle: ' + ', '.join(f'rank {a} waits for rank {b}' for a, b in zip(ranks, ranks[1:]))


def left_alone():
    """The watchdog reports, and ends nothing unless asked."""
    text = stands_still(2, 'left_alone', in_cycle(0, 1, 0), 'The job is not ended: MPI4CXX_TRACE=watchdog,abort would', ends=None, trace='')
    check('left alone' in text, 'the job was ended')


def removed():
    """A watchdog that can tell the others nothing says so."""
    _, text = run(2, standstill, 'removed', MPI4CXX_TRACE='watchdog:3', MPI4CXX_TRACE_DIR=str(folder / 'removed'))
    check(f'rank 1 cannot write to {folder}/removed' in text, 'nobody said so')


def late_sample():
    """A thread that answers too late is not taken for the next one."""
    text = stands_still(1, 'late_sample', ends=None)
    same(len(re.findall('rank 0: outside MPI, for [0-9.]+ s, in an unknown place', text)), 2, 'threads in an unknown place')


def reused():
    """A request that another thread has got before the call that completed it has returned."""
    code, _ = run(1, traffic, 'reused', MPI4CXX_TRACE='trace')
    same(code, 0, 'status')
    same(summary(folder / 'traffic.trace')[0, 'MPI_Irecv'][:3], (2, 0, 8), 'calls and bytes of MPI_Irecv')


def duplicates():
    """Communicators that are made without waiting are told apart, in whatever order the ranks use them."""
    text = stands_still(2, 'duplicates', 'rank 1: MPI_Recv from rank 0, tag 19, .* ' + line('duplicates'), in_cycle(0, 1, 0))
    numbers = re.findall(r'rank \d: MPI_\w+ \w+ rank \d, tag 19, the communicator of ranks 0, 1 \(number (\d) of these\)', text)
    same(len(set(numbers)), 2, 'numbers of two communicators')


def explained():
    """What standing ranks of known files mean: a message with both ends is on its way."""
    any_tag = run(1, explain)[1].strip()
    ranks = {
        'moving': (['activities 1 1', 'thread 0 0', 'end 1 9 1 7 0 10 80 the world'],
                   ['activities 1 1', 'thread 0 0', 'end 2 9 0 7 0 0 0 the world']),
        'wrong tag': (['activities 1 1', 'thread 0 0', 'end 1 9 1 7 0 10 80 the world'],
                      ['activities 1 1', 'thread 0 0', 'end 2 9 0 8 0 0 0 the world']),
        'one of two': (['activities 1 1', 'thread 0 0', 'end 2 9 1 3 0 0 0 the world', 'mail 1 9 1 2',
                        'message 1 9 1 7 1 10 80 the world', 'message 1 9 1 8 2 4 4 the world'],
                       ['activities 1 1', 'thread 0 0', 'end 2 9 0 8 5 0 0 the world', 'end 2 9 0 9 6 0 0 the world',
                        'posted 2 9 0 8 5 0 0 the world', 'posted 2 9 0 9 6 0 0 the world', 'mail 0 9 0 1', 'message 2 9 0 7 1 0 0 the world']),
        'entered': (['activities 1 1', 'thread 0 0', 'end 4 9 -1 0 3 0 0 the world', 'meeting 9 3 -1 MPI_Barrier 2 0 1 the world', 'past 9 3'],) * 2,
        'not entered': (['activities 1 1', 'thread 0 0', 'end 4 9 -1 0 3 0 0 the world', 'meeting 9 3 -1 MPI_Barrier 2 0 1 the world', 'past 9 3'],
                        ['activities 1 1', 'thread 0 0', 'end 2 9 0 8 0 0 0 the world', 'past 9 2']),
        'from outside': (['activities 1 1', 'thread 0 0 1'], ['activities 1 1', 'thread 0 0', 'end 2 9 0 8 0 0 0 the world']),
        'let in': (['activities 1 1', 'thread 0 0', 'end 6 5 1 0 2 0 0 the window', 'epochs 5 1 2 2'],
                   ['activities 1 1', 'thread 0 0', 'end 7 5 0 0 2 0 0 the window', 'epochs 5 0 2 1']),
        'not let in': (['activities 1 1', 'thread 0 0', 'end 6 5 1 0 2 0 0 the window', 'epochs 5 1 1 1'],
                       ['activities 1 1', 'thread 0 0', 'end 6 5 0 0 2 0 0 the window', 'epochs 5 0 1 1']),
        'completed': (['activities 1 1', 'thread 0 0', 'end 7 5 1 0 1 0 0 the window'],
                      ['activities 1 1', 'thread 0 0', 'end 2 9 0 8 0 0 0 the world', 'epochs 5 0 1 1']),
        'shared lock': (['activities 1 1', 'thread 0 0', 'end 8 5 1 0 0 0 0 the window', 'held 5 -2 0 here'],
                        ['activities 1 1', 'thread 0 0', 'end 2 9 0 8 0 0 0 the world', 'held 5 -2 0 here']),
        'exclusive lock': (['activities 1 1', 'thread 0 0', 'end 8 5 1 0 0 0 0 the window', 'held 5 -2 0 here'],
                           ['activities 1 1', 'thread 0 0', 'end 2 9 0 8 0 0 0 the world', 'held 5 1 1 here']),
        'one lock for both': (['activities 1 1', 'thread 0 0', 'end 8 5 1 1 0 0 0 the window', 'held 5 1 1 here'],) * 2,
        'two locks': (['activities 1 1', 'thread 0 0', 'end 8 5 1 1 0 0 0 the window', 'held 5 0 1 here'],
                      ['activities 1 1', 'thread 0 0', 'end 8 5 0 1 0 0 0 the window', 'held 5 1 1 here']),
        'looked for in turn': (['activities 1 1', 'thread 0 0', 'end 1 9 1 8 1 4 4 the world', 'mail 1 9 1 1', 'message 1 9 1 8 1 4 4 the world'],
                               ['activities 1 1', 'thread 0 0 0 1', 'end 2 9 0 8 5 0 0 the world', 'end 2 9 0 9 6 0 0 the world',
                                'posted 2 9 0 8 5 0 0 the world', 'posted 2 9 0 9 6 0 0 the world']),
        'any of two': (['activities 1 1', 'thread 0 0', 'end 1 9 1 8 1 4 4 the world', 'mail 1 9 1 1', 'message 1 9 1 8 1 4 4 the world'],
                       ['activities 1 1', 'thread 1 0', 'end 2 9 -2 ANY 5 0 0 the world', 'end 2 9 0 9 6 0 0 the world',
                        'posted 2 9 -2 ANY 5 0 0 the world', 'posted 2 9 0 9 6 0 0 the world']),
    }
    expected = {'moving': ('moves', False, False), 'wrong tag': ('stands', True, True), 'one of two': ('stands', True, False),
                'entered': ('moves', False, False), 'not entered': ('stands', True, False), 'from outside': ('moves', False, False), 'any of two': ('moves', False, False),
                'let in': ('moves', False, False), 'not let in': ('stands', True, False), 'completed': ('moves', False, False),
                'shared lock': ('moves', False, False), 'exclusive lock': ('stands', True, False), 'one lock for both': ('moves', False, False),
                'two locks': ('stands', True, False), 'looked for in turn': ('moves', False, False)}
    for name, files in ranks.items():
        for rank, lines in enumerate(files):
            (folder / f'still.{rank}').write_text('\n'.join(lines).replace('ANY', any_tag) + '\n')
        code, text = run(1, explain, folder)
        same(code, 0, 'status')
        verdict, cycle, unreceived = expected[name]
        check(verdict in text, f'{name}: {text}')
        same('A cycle: rank 0 waits for rank 1, rank 1 waits for rank 0' in text, cycle, f'the cycle of {name}')
        same('has not received a message' in text, unreceived, f'what is unreceived of {name}')


world = 'MPI_COMM_WORLD, for [0-9.]+ s, '
tests = {
    'complete': lambda: [complete(), folders(), not_written(), too_little_room()],
    'object': an_object,
    'aborted': aborted,
    'preloaded': preloaded,
    'spawned': spawned,
    'off': off,
    'cycle': lambda: [
        stands_still(2, 'cycle', *(rf'rank {r}: MPI_Recv from rank {1 - r}, tag 7, ' + world + line('cycle') for r in (0, 1)), in_cycle(0, 1, 0)),
        stands_still(3, 'cycle', *(rf'rank {r}: MPI_Recv from rank {(r + 1) % 3}, tag 7, ' + world + line('cycle') for r in range(3)), in_cycle(0, 1, 2, 0)),
        stands_still(2, 'looked', *(rf'rank {r}: MPI_Wait for MPI_Irecv from rank {1 - r}, tag 7, ' + world + line('looked') for r in (0, 1)), in_cycle(0, 1, 0))],
    'sends': lambda: [
        stands_still(3, 'sends', 'rank 1: MPI_Ssend to rank 2, tag 10, ' + world + line('sends'), in_cycle(0, 1, 2, 0)),
        # Open MPI 4 has no partitioned communication.
        jobs.is_mpich(standstill) and stands_still(
            2, 'partitions', 'rank 1: MPI_Wait for MPI_Precv_init from rank 0, tag 16, ' + world + line('partitions'),
            r'rank 0: MPI_Wait for MPI_Psend_init to rank 1, tag 16, MPI_COMM_WORLD \(without Pready for 1 of its partitions\), for [0-9.]+ s, ')],
    'objects': lambda: [
        stands_still(2, 'objects', 'rank 0: MPI_Recv from rank 1, tag 8, ' + world + line('objects'), in_cycle(0, 1, 0)),
        stands_still(3, 'object_wait', 'rank 1: .*MPI_Irecv from rank 2, tag 9, ' + world + line('object_wait'), in_cycle(0, 1, 2, 0))],
    'coroutine': lambda: [
        stands_still(2, 'coroutine', 'rank 0: MPI_Wait for MPI_Irecv from rank 1, tag 12, ' + world + line('coroutine'), in_cycle(0, 1, 0)),
        stands_still(2, 'coroutines', 'rank 0: .*MPI_Irecv from rank 1, tag 13, MPI_COMM_WORLD or from rank 1, tag 14, ' + world + line('coroutines'),
                     in_cycle(0, 1, 0))],
    'collective': lambda: stands_still(
        3, 'collective', r'rank 0: MPI_Barrier on MPI_COMM_WORLD \(its \d\w\w collective call\), for [0-9.]+ s, ' + line('collective 0'),
        r'rank 2: MPI_Allreduce on MPI_COMM_WORLD \(its \d\w\w collective call\), for [0-9.]+ s, ' + line('collective 1'),
        r'The \d\w\w collective call on MPI_COMM_WORLD: ranks 1, 2 are in MPI_Allreduce, rank 0 is in MPI_Barrier, which do not go together', in_cycle(0, 1, 0)),
    'between': lambda: stands_still(
        2, 'barrier_between', 'rank 0: MPI_Barrier on the intercommunicator of ranks 0 with 1 .* ' + line('barrier_between'),
        'The 1st collective call on the intercommunicator of ranks 0 with 1: rank 0 is in MPI_Barrier, rank 1 has not come to it', in_cycle(0, 1, 0)),
    'duplicates': duplicates,
    'roots': lambda: stands_still(2, 'roots', 'rank 1 is in MPI_Bcast with root 0, rank 0 is in MPI_Bcast with root 1, which do not go together', in_cycle(0, 1, 0)),
    'nobody_sends': lambda: stands_still(
        2, 'nobody_sends', 'rank 0: MPI_Wait for MPI_Irecv from rank 1, tag 11, ' + world + line('nobody_sends'), 'rank 1: MPI_Finalize on MPI_COMM_WORLD',
        'rank 1 is in MPI_Finalize, rank 0 has not come to it'),
    'other_tag': lambda: [
        stands_still(2, 'other_tag', 'rank 1: MPI_Recv from rank 0, tag 6, ' + world + line('other_tag'),
                     'rank 1 has not received a message from rank 0, tag 5, MPI_COMM_WORLD, of 10 elements, 80 bytes'),
        stands_still(2, 'other_tag_of_object', 'rank 1: .*from rank 0, tag 6, ' + world + line('other_tag_of_object'),
                     r'rank 1 has not received a message from rank 0, tag 5, MPI_COMM_WORLD, of \d+ bytes'),
        stands_still(2, 'too_long', 'rank 1: MPI_Recv from rank 0, tag 5, ' + world + line('too_long'), in_cycle(0, 1, 0))],
    'locks': lambda: [
        stands_still(2, 'mutex', 'rank 0: MPI_Recv from rank 1, tag 15, ' + world + line('mutex 0'),
                     'rank 1: waits for sync::Mutex, after rank 0, for [0-9.]+ s, ' + line('mutex 1'), in_cycle(0, 1, 0)),
        stands_still(2, 'nobody_notifies', 'rank 1: waits for sync::Condition, for [0-9.]+ s, ' + line('nobody_notifies')),
        stands_still(2, 'sequential', 'rank 0: waits for sync::Sequential, after rank 1, for [0-9.]+ s, ' + line('sequential'))],
    'left_alone': lambda: [left_alone(), removed()],
    'late_sample': late_sample,
    'reused': reused,
    'explain': explained,
    'reversed': lambda: stands_still(
        3, 'reversed', r'rank 0: MPI_Recv from rank 2, tag 12, the communicator of ranks 2, 1, 0, for [0-9.]+ s, ' + line('reversed'),
        r'The 1st collective call on the communicator of ranks 2, 1, 0: ranks 2, 1 are in MPI_Barrier, rank 0 has not come to it', in_cycle(0, 2, 0)),
    'windows': lambda: [
        stands_still(2, 'lock', r'rank 0: MPI_Win_(lock|flush) for the lock of rank 0 in window "halo", for [0-9.]+ s, ',
                     'Rank 0 waits for the lock of rank 0 in window "halo", which rank 1 has taken ' + line('lock holder'), in_cycle(0, 1, 0)),
        stands_still(2, 'posts', *(rf'rank {r}: MPI_Win_(start|complete) for the Post of rank {1 - r} in window "halo"' for r in (0, 1)), in_cycle(0, 1, 0)),
        stands_still(2, 'fences', r'rank 1: MPI_Win_fence on window "halo" \(its 2nd collective call\), for [0-9.]+ s, ' + line('fences'),
                     'The 2nd collective call on window "halo": rank 1 is in MPI_Win_fence, rank 0 has not come to it', in_cycle(0, 1, 0)),
        stands_still(2, 'window_free', 'The 1st collective call on window "halo": rank 1 is in MPI_Win_free, rank 0 has not come to it', in_cycle(0, 1, 0))],
    'one_sided': one_sided,
    'groups': groups,
    'under_way': lambda: [stands_still(2, name, said, 'The job goes on: a message or another call is under way', ends=False) for name, said in (
        ('under_way', 'rank 0: MPI_Waitall for MPI_Irecv from rank 1, tag 0, MPI_COMM_WORLD and .* and others, 25 in all'),
        ('long_flush', 'rank 0: MPI_Win_flush for the lock of rank 1 in window "halo"'),
        ('long_unlock', r'rank \d: MPI_Win_unlock for the lock of rank 0 in window "halo"'),
        ('long_complete', 'rank 0: MPI_Win_complete for the Post of rank 1 in window "halo"'),
        ('disconnects', 'rank 0: MPI_Comm_disconnect on the intercommunicator of ranks 0 with 1'))],
    'late': lambda: [
        stands_still(3, 'late', 'rank 0: outside MPI, for [0-9.]+ s, ' + line('late 0'), 'rank 1: MPI_Barrier on .* ' + line('late 1'),
                     'rank 0 has not come to it', 'The job goes on', ends=False),
        stands_still(2, 'polled', 'rank 0: outside MPI, for [0-9.]+ s, ' + line('polled'), 'The job goes on', ends=False),
        stands_still(2, 'tight', 'rank 0: outside MPI, for [0-9.]+ s, ' + line('tight'), 'The job goes on', ends=False),
        stands_still(2, 'slow_sum', r'rank 0: MPI_Allreduce on MPI_COMM_WORLD \(its \d\w\w collective call\)', 'The job goes on', ends=False),
        stands_still(2, 'after_main', 'rank 0: outside MPI, for [0-9.]+ s, ' + line('late 0'), 'The job goes on', ends=False)],
    'asleep': lambda: stands_still(2, 'asleep', 'rank 0: outside MPI, for [0-9.]+ s, asleep', ends=False),
}


def with_results():
    """What has been traced until then is written before the job is ended."""
    stands_still(2, 'cycle', in_cycle(0, 1, 0), trace=',abort,trace')
    calls = summary(folder / 'cycle')
    same([calls[rank, 'MPI_Comm_dup'][0] for rank in (0, 1)], [1, 1], 'calls of MPI_Comm_dup')
    check('A cycle' in (folder / 'cycle' / 'watchdog.txt').read_text(), 'the folder does not hold the report')
    check(not (folder / 'cycle' / 'end').exists(), 'the folder holds more than results')


def tested():
    """Programs do the same when they are traced."""
    for program in programs:
        code, _ = run(3, program, MPI4CXX_TRACE='1', TEST_RANKS='3')
        same(code, 0, f'status of {program}')
        check(summary(folder / (pathlib.Path(program).name + '.trace')), f'{program} was not traced')


tests |= {'results': with_results, 'tested': tested}
tests[way]()
shutil.rmtree(folder)
