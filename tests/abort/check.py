#!/usr/bin/env python3
"""Looks how programs that go wrong end: check.py WAY LAUNCH PROGRAM CASES SESSIONS

A job must end within the time, with a status that is not 0 and with the message of the rank that failed.
"""
import pathlib
import re
import shutil
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'launch'))
import jobs
from jobs import check

way, launch, program, cases, sessions = sys.argv[1:]


def run(*command, **variables):
    # a job that does not end would wait for ever; no launcher's variables but those that are given
    return jobs.run(*command, limit=40, without=('PMI_', 'PMIX_', 'OMPI_COMM', 'SLURM_'), **variables)


def job(mode, *messages):
    code, text = run(launch, '-n', '4', program, mode)
    check(code != 0, 'the job ended with 0')
    for message in messages:
        check(message in text, f'nobody said "{message}"')


def launcher(others, warning, **variables):
    code, text = run(*others, program, 'nothing', **variables)
    if code != 0 and 'internal_Init_thread' in text:    # MPICH 5 ends a program that Open MPI's launcher has started
        return check(re.search(f'the MPI has ended this program where it begins.*{warning}', text), f'nobody said "{warning}"')
    check(code == 0, 'the program ended with an error')
    count = text.count('mpi4cxx: warning')
    check(count == (1 if warning else 0), f'{count} warnings')
    check(warning in text, f'the warning does not say "{warning}"')


own = "the test's own failure"
is_mpich = jobs.is_mpich(program)
tests = {
    'uncaught': lambda: [job(mode, 'rank 1 of 4: uncaught exception: ' + own) for mode in ('barrier', 'receive', 'communicators')],
    'error': lambda: job('mpi_error', 'rank 1 of 4: uncaught exception: MPI_Send on MPI_COMM_WORLD, rank 1 of 4: ', 'abort.cpp:'),
    'caught': lambda: job('caught', 'caught: ' + own, 'rank 1 of 4: '),
    'pending': lambda: [job('pending', 'rank 1 of 4: '), job('caught_pending', 'rank 1 of 4: ')],
    'heap': lambda: [job('heap', 'malloc(): '), job('heap_fault')],
    'handler': lambda: job('handler', 'exception in an error handler: ' + own),
    'reduction': lambda: job('reduction', 'exception in a reduction operation: ' + own),
}


def handled():
    code, text = run(launch, '-n', '2', program, 'inside')
    check(code == 0, 'an exception that is caught in the scope of the Environment ended the job')
    check(text.count('handled: ') == 2, 'not every rank went on')


def forked():
    """The end of a forked child is not that of the job."""
    for way, end, count in ('fork_throw', signal.SIGABRT, 2), ('fork_return', 6, 0):
        code, text = run(launch, '-n', '2', program, way)
        check(code == 0, f'{way}: the job ended with {code}')
        check(text.count(f'child: {int(end)}') == 2, f'{way}: a child ended otherwise')
        check(text.count(own) == count, f'{way}: not every child has told its exception')


def nested():
    code, _ = run(launch, '-n', '2', program, 'nested')
    check(code == 0, 'an Environment that leaves MPI running does not give back what it has changed')


def quiet(ranks, way, *messages):
    code, text = run(launch, '-n', str(ranks), program, way)
    check(code == 0, f'{way}: the job ended with {code}')
    for message in messages:
        check(message in text, f'nobody said "{message}"')
    check(messages or 'ends MPI' not in text, f'{way}: the end is not quiet')


def left():
    """What outlives MPI ends with it."""
    for way in 'left_receive', 'left_received', 'left_send', 'left_large', 'left_collective':
        for ranks in 1, 2, 3:
            quiet(ranks, way)


def unmatched():
    for way in 'unmatched', 'unmatched_large', 'unmatched_buffer':
        for ranks in 1, 2, 3:
            quiet(ranks, way, 'mpi4cxx: rank 0 ends MPI with messages on MPI_COMM_WORLD that nobody has received: ', ' bytes from rank 0 with tag 7')


    code, text = run(launch, '-n', '2', program, 'unmatched_large')
    sizes = [int(size) for size in re.findall(r'(\d+) bytes from rank', text)]
    check(sizes and all(size >= 200_000 for size in sizes), 'the line does not tell how large the object is')


def incomplete():
    code, text = run(launch, '-n', '2', program, 'left_incomplete')
    check(code == 0, f'the job ended with {code}')
    check(text.count('incomplete operations on objects: 1') == 1, 'not one line says that an operation is incomplete')


def by_hand():
    for way in 'functions', 'threads':
        code, text = run(launch, '-n', '3', program, way)
        check(code == 0, 'a program that initializes and finalizes by itself failed')
        check(text.count('by hand: right') == 3, 'not every rank came to its end')


def wrong_launcher():
    right = 'mpiexec.mpich' if is_mpich else 'mpiexec.openmpi'
    launcher([], '')
    launcher([], '', OMPI_COMM_WORLD_SIZE='1', OMPI_COMM_WORLD_RANK='0')
    if is_mpich:
        launcher([], right, OMPI_COMM_WORLD_SIZE='3', OMPI_COMM_WORLD_RANK='0')
        launcher([], '', OMPI_COMM_WORLD_SIZE='3', OMPI_COMM_WORLD_RANK='1')
    else:
        launcher([], right, PMI_SIZE='3', PMI_RANK='0')
        launcher([], '', PMI_SIZE='3', PMI_RANK='1')
    launcher([], '--mpi=pmi2' if is_mpich else '--mpi=pmix', SLURM_STEP_NUM_TASKS='4', SLURM_PROCID='0')
    launcher([], '', SLURM_STEP_NUM_TASKS='4', SLURM_PROCID='2')
    other = shutil.which('mpiexec.openmpi' if is_mpich else 'mpiexec.mpich')
    if other is None:
        print('the other launcher is not installed')
        sys.exit(77)
    launcher([other, '-n', '3'], right, OMPI_ALLOW_RUN_AS_ROOT='1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM='1', OMPI_MCA_rmaps_base_oversubscribe='1',
             PRTE_MCA_rmaps_default_mapping_policy=':oversubscribe')


def wrong_world():
    code, text = run(launch, '-n', '2', cases, TEST_RANKS='3')
    check(code != 0, 'the tests passed in a world of 2 processes instead of 3')
    check('a world of 2 processes instead of 3' in text, 'nobody said why')
    code, _ = run(launch, '-n', '2', cases, TEST_RANKS='2')
    check(code == 0, 'the tests failed in the right world')


def of_sessions():
    """A program without an Environment, and so without MPI_COMM_WORLD."""
    forgiving = jobs.loses_statuses(sessions)
    for way, *messages in (('uncaught', 'rank 0 of 2: uncaught exception: nobody catches this'),
                           ('caught', 'reported: caught', 'rank 0 of 2: an exception left the scope of an mpi4cxx::Session'),
                           ('outlived', 'before its communicators, windows and files: "outliving"',
                            'rank 0 of 2: an mpi4cxx::Session has gone out of scope before its communicators')):
        code, text = run(launch, '-n', '2', sessions, way)
        if 'this MPI has no sessions' in text:
            print('this MPI has no sessions')
            sys.exit(77)
        check(code != 0 or forgiving, f'{way}: the job ended with 0')
        for message in messages:
            check(message in text, f'{way}: nobody said "{message}"')
    code, text = run(launch, '-n', '2', sessions, 'traced', MPI4CXX_TRACE='1')
    check(code == 0 and text.count('a program that has only sessions is not traced') == 1, 'nobody said that there is no trace')


def ends(case, message):
    code, text = run(launch, '-n', '2', cases, case, TEST_SECONDS='2')
    check(code != 0, 'the job ended with 0')
    check(f'{message}: {case}' in text, 'nobody named the case')


tests |= {
    'handled': handled,
    'forked': forked,
    'left': left,
    'unmatched': unmatched,
    'incomplete': incomplete,
    'nested': nested,
    'by_hand': by_hand,
    'launcher': wrong_launcher,
    'world': wrong_world,
    'sessions': of_sessions,
    'hanging': lambda: ends('A case that waits for ever', 'hangs'),
    'crashing': lambda: ends('A case that crashes', 'crashes'),
}
tests[way]()
