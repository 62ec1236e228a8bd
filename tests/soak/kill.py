"""Kills a rank of a job at a random moment, again and again: the job has to end within seconds, not with 0, and leave nobody behind.

usage: kill.py LAUNCH PROGRAM TIMES [SEED]

PROGRAM is the soak, which talks all the time.
"""
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid

launch, program, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
seed = int(sys.argv[4]) if len(sys.argv) > 4 else int.from_bytes(os.urandom(4), 'little')
chosen = random.Random(seed)
print('seed', seed, flush=True)
limit = 20      # seconds
# The launcher of MPICH 4.2 may exit with 0 when a rank dies before MPI_Finalize.
hydra = subprocess.run(['mpiexec.mpich', '--version'], stdout=subprocess.PIPE, encoding='utf-8', check=False).stdout if shutil.which('mpiexec.mpich') else ''
forgiving = 'libmpich' in subprocess.run(['ldd', program], stdout=subprocess.PIPE, encoding='utf-8', check=True).stdout and re.search(r'Version: +4\.2', hydra)
name = os.path.realpath(program)
mark = f'MPI4CXX_KILL_TEST={uuid.uuid4()}'


def of_this_test():
    """The processes that have this test's mark in their environment: the launcher's too, whatever session they are in."""
    for process in pathlib.Path('/proc').glob('[0-9]*'):
        try:
            if mark.encode() in (process / 'environ').read_bytes().split(b'\0') and process.name != str(os.getpid()):
                yield int(process.name), os.path.realpath(process / 'exe'), (process / 'stat').read_text().rpartition(')')[2].split()[0]
        except OSError:
            pass


def ranks():
    return sorted(pid for pid, exe, state in of_this_test() if exe == name and state != 'Z')


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


def one_job(count, delay, how):
    key, value = mark.split('=')
    job = subprocess.Popen([launch, '-n', str(count), program, '60', str(chosen.randrange(2**32))], env={**os.environ, key: value},
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, encoding='utf-8')
    try:
        if not wait_for(lambda: len(ranks()) == count, limit):
            return f'{len(ranks())} ranks started'
        time.sleep(delay)
        alive = ranks()
        if len(alive) != count:
            return 'ranks were gone before one was killed'
        begin = time.monotonic()
        kill(chosen.choice(alive), how)
        try:
            said = job.communicate(timeout=limit)[0]
        except subprocess.TimeoutExpired:
            return f'the job did not end in {limit} s'
        took = time.monotonic() - begin
        if job.returncode == 0 and not forgiving:
            return f'the job ended with 0 and said {said}'
        if not wait_for(lambda: not ranks(), 5):
            return f'ranks outlive the job: {ranks()}'
        print(f'{count} ranks, {delay:.2f} s, {how.name}: ended with {job.returncode} after {took:.1f} s', flush=True)
        return None
    finally:
        job.kill()
        job.wait()
        for pid, _, _ in list(of_this_test()):
            kill(pid, signal.SIGKILL)


for _ in range(times):
    # while MPI starts, and later
    problem = one_job(chosen.choice([2, 3, 4]), chosen.choice([0, 0.2, 1]) * chosen.random(), chosen.choice([signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM]))
    if problem:
        sys.exit(problem)
