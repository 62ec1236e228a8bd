"""Looks how programs with a pool go, and how they end: check.py WAY LAUNCH PROGRAM OTHER_PROGRAM

A job must end within the time, with a status that is not 0 where it goes wrong, and say why.
"""
import pathlib
import re
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'launch'))
import jobs
from jobs import check

way, launch, program, other = sys.argv[1:]
is_mpich = jobs.is_mpich(program)
as_root = {'OMPI_ALLOW_RUN_AS_ROOT': '1', 'OMPI_ALLOW_RUN_AS_ROOT_CONFIRM': '1'}
# More ranks than cores, on Open MPI 4, since 5, and since 6 also for spawned ones.
crowded = as_root | {'OMPI_MCA_rmaps_base_oversubscribe': '1', 'PRTE_MCA_rmaps_default_mapping_policy': ':oversubscribe',
                     'PRTE_MCA_bindto': 'core:overload-allowed'}
# Long messages in pieces, which need the sender: as between nodes over TCP.
no_single_copy = {'UCX_TLS': 'posix,self', 'OMPI_MCA_btl_vader_single_copy_mechanism': 'none', 'MPIR_CVAR_CH4_CMA_ENABLE': '0'}


def run(*command, **variables):
    return jobs.run(*command, limit=100, **variables)  # a job that does not end would wait for ever


def good(n, *arguments, says='', **variables):
    code, text = run(launch, '-n', str(n), program, *arguments, **variables)
    check(code == 0, f'the job ended with {code}')
    check(re.search(says, text), f'nobody said "{says}"')
    return text


def bad(n, *arguments, says=(), **variables):
    code, text = run(launch, '-n', str(n), program, *arguments, **variables)
    check(code != 0, 'the job ended with 0')
    check('went on' not in text, 'the job went on')
    for words in says:
        check(re.search(words, text), f'nobody said "{words}"')
    return text


def many():
    for n in (1, 2, 3, 5):
        workers = r'\d+' if n == 1 else str(n - 1)
        check(good(n, 'many', says=f'{workers} workers').count('many: ok') == 1, 'not one rank has gone through the program')


def one_thread():
    for n in (1, 3):
        good(n, 'many', '0', 'single', says='many: ok')


def backwards():
    check(good(3, 'backwards').count('done') == 20, 'tasks were lost at the end')


def outlives():
    text = good(3, 'outlives')
    check(text.count('done') == 20, 'tasks were lost at the end')
    check(text.count('left') == 3, 'a worker has not gone on')


def made_before():
    with tempfile.TemporaryDirectory() as folder:
        for n in (1, 2, 3):
            path = pathlib.Path(folder) / str(n)
            good(n, 'made_before', str(path), says='made_before: ok')
            check(path.read_bytes() == b'abc'[:n], 'what was written to the file is not there')


def progress():
    check(re.search(r'50 of 50 \(100 %\), [\d.]+/s, 0:00', good(3, 'progress', says='progress: ok')), 'there is no line of the progress')


def other_program():
    """Two executables in one job."""
    mpiexec = shutil.which('mpiexec.mpich' if is_mpich else 'mpiexec.openmpi') or shutil.which('mpiexec')
    code, text = run(*jobs.together([mpiexec], (1, program, 'many'), (1, other, 'many'), **crowded), **crowded)
    check(code != 0, 'the job ended with 0')
    check('runs another program' in text, 'nobody said why')


def spawn():
    mpiexec = shutil.which('mpiexec.mpich' if is_mpich else 'mpiexec.openmpi') or shutil.which('mpiexec')
    if is_mpich:
        code, text = run(mpiexec, '-n', '1', '-usize', '4', program, 'many')
        if code == 0:
            print('this MPICH can spawn')
            return
        check('`mpiexec -n 4` or `srun -n 4`' in text, 'nobody said what to type')
        return
    for words in ('many', 'soak'):
        code, text = run(mpiexec, '-n', '1', '--host', 'localhost:4', program, words, **crowded)
        check(code == 0, f'the job ended with {code}')
        check(f'{words}: ' in text and 'ok' in text, 'the program did not end well')
        check(words != 'many' or '3 workers in 3 processes' in text, 'there were not 3 spawned workers')
        check('mpi4cxx: warning' not in text, 'a worker warned')
    code, text = run(mpiexec, '-n', '1', '--host', 'localhost:4', program, 'many', MPI4CXX_FUTURES_WORKERS='threads', MPI4CXX_FUTURES_MAX_WORKERS='2', **as_root)
    check('2 workers in 1 processes' in text, 'the workers were not threads')


def throws():
    own = "uncaught exception: the program's own failure"
    text = bad(1, 'throws', says=[own], MPI4CXX_FUTURES_WORKERS='threads')  # processes are killed by the launcher
    check('without a word' not in text, 'a task is said to be killed that ends with the program')
    for n in (1, 3):
        bad(n, 'throws', says=[own])


def worker_dies():
    where = r'(rank [12]|thread \d+ of rank 0|spawned rank \d+) on \S+ '
    bad(3, 'crash', says=[where + r'crashed \(segmentation fault\) in task \d+, main::'])
    bad(3, 'exit', says=[where + r'called exit\(\) in task \d+'])
    bad(3, 'terminate', says=[where + r'cannot go on after an exception in task \d+', 'out_of_range|basic_string::at'])
    bad(1, 'crash', says=[where + 'crashed'])
    bad(3, 'thread', says=[where + r'crashed \(segmentation fault\) in task \d+, main::'])
    bad(3, 'quick_exit', says=[where + r'called exit\(\) in task \d+'])
    bad(3, 'abort', says=[where + r'aborted in task \d+, abort'])
    for n in (1, 3):
        bad(n, 'overflow', says=[where + r'overflowed its stack in task \d+, main::'])
        wanted = where + r'ended without a word in task \d+, main::'
        bad(n, '_exit', says=[wanted])
        bad(n, 'kill', says=[where + r'ended without a word in task \d+, \(anonymous namespace\)::kill_this\(\)'])


{
    'many': many,
    'one_thread': one_thread,
    'backwards': backwards,
    'progress': progress,
    'idle': lambda: [good(n, 'idle', says='idle: manager') for n in (1, 3)],
    'soak': lambda: [good(n, 'soak', says=r'soak: \d+ tasks, \d+ exceptions: ok') for n in (1, 2, 3)],
    'no_memory': lambda: good(2, 'no_memory', says='no_memory: ok'),
    'no_threads': lambda: good(1, 'no_threads', says='no_threads: ok', MPI4CXX_FUTURES_WORKERS='threads'),
    'long_result': lambda: [good(3, 'long_result', says='long_result: ok', **transport) for transport in ({}, no_single_copy)],
    'threads_of_tasks': lambda: [good(n, 'threads_of_tasks', says='threads_of_tasks: ok') for n in (1, 2, 3)],
    'forks': lambda: [good(n, 'forks', says='forks: ok') for n in (1, 2)],
    'both_kinds': lambda: [good(n, 'both_kinds', says='both_kinds: ok') for n in (2, 3)],
    'traces': lambda: [good(n, 'traces', says='traces: ok') for n in (1, 2)],
    'outlives': outlives,
    'made_before': made_before,
    'throws': throws,
    'worker_dies': worker_dies,
    'other_program': other_program,
    'spawn': spawn,
}[way]()
