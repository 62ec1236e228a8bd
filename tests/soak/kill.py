"""Kills a rank of a job at a random moment, again and again: the job has to end within seconds, not with 0, and leave nobody behind.

usage: kill.py LAUNCH SOAK POOL TIMES [SEED]

SOAK and POOL are the programs of tests/soak and tests/pool, which talk all the time: by messages and collective calls, and by tasks.
"""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'launch'))
import jobs

launch, soak, pool, times = *sys.argv[1:4], int(sys.argv[4])
seed = int(sys.argv[5]) if len(sys.argv) > 5 else int.from_bytes(os.urandom(4), 'little')
chosen = random.Random(seed)
print('seed', seed, flush=True)
limit = 20      # seconds
forgiving = jobs.loses_statuses(soak)
# That of Open MPI 4.1 sometimes waits forever for a mutex of its own in PMIx_server_finalize, after all ranks have ended.
orte = subprocess.run(['mpiexec.openmpi', '--version'], stdout=subprocess.PIPE, encoding='utf-8', check=False).stdout if shutil.which('mpiexec.openmpi') else ''
deadlocks = not jobs.is_mpich(soak) and ' 4.1.' in orte
mark = f'TEST_KILL={uuid.uuid4()}'


def of_this_test():
    """The processes that have this test's mark in their environment: the launcher's too, whatever session they are in."""
    for process in pathlib.Path('/proc').glob('[0-9]*'):
        try:
            if mark.encode() in (process / 'environ').read_bytes().split(b'\0') and process.name != str(os.getpid()):
                yield int(process.name), os.path.realpath(process / 'exe'), (process / 'stat').read_text().rpartition(')')[2].split()[0]
        except OSError:
            pass


def alive(program=None):
    return sorted(pid for pid, exe, state in of_this_test() if state != 'Z' and program in (None, exe))


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def kill(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def one_job(count, delay, how, program, *arguments):
    key, value = mark.split('=')
    program = os.path.realpath(program)
    job = subprocess.Popen([launch, '-n', str(count), program, *arguments], env={**os.environ, key: value},
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, encoding='utf-8')
    try:
        if not wait_for(lambda: len(alive(program)) == count, limit):
            return f'{len(alive(program))} ranks started'
        time.sleep(delay)
        wait_for(lambda: len(alive(program)) <= count, limit)       # a rank that starts a shell is there twice for a moment
        ranks = alive(program)
        if len(ranks) != count:
            for pid in alive():
                kill(pid, signal.SIGKILL)
            return f'{len(ranks)} of {count} ranks were left before one was killed; the job said {job.communicate(timeout=limit)[0]}'
        begin = time.monotonic()
        kill(chosen.choice(ranks), how)
        try:
            said = job.communicate(timeout=limit)[0]
        except subprocess.TimeoutExpired:
            if deadlocks and not alive(program):
                print(f'{os.path.basename(program)}, {count} ranks, {how.name}: all ranks ended, the launcher of Open MPI 4.1 did not', flush=True)
                return None
            return f'the job did not end in {limit} s'
        took = time.monotonic() - begin
        if job.returncode == 0 and not forgiving:
            return f'the job ended with 0 and said {said}'
        if not wait_for(lambda: not alive(), 5):
            return f'processes outlive the job: {[(pid, exe) for pid, exe, _ in of_this_test()]}'
        print(f'{os.path.basename(program)}, {count} ranks, {delay:.2f} s, {how.name}: ended with {job.returncode} after {took:.1f} s', flush=True)
        return None
    finally:
        job.kill()
        job.wait()
        for pid in alive():
            kill(pid, signal.SIGKILL)


for i in range(times):
    work = [pool, 'soak', '1000000000'] if i % 2 else [soak, '300', str(chosen.randrange(2**32))]
    # while MPI starts, and later
    problem = one_job(chosen.choice([2, 3, 4, 4]), chosen.choice([0, 0.2, 1]) * chosen.random(),
                      chosen.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM]), *work)
    if problem:
        sys.exit(f'{work}: {problem}')
