"""Kills the ranks of a job that writes checkpoints, at random moments: the next job has to read the last one that was written, or a later one.

usage: kill_checkpoint.py LAUNCH PROGRAM TIMES [SEED]
"""
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

launch, program, times = *sys.argv[1:3], int(sys.argv[3])
seed = int(sys.argv[4]) if len(sys.argv) > 4 else int.from_bytes(os.urandom(4), 'little')
chosen = random.Random(seed)
print('seed', seed, flush=True)
limit = 60      # seconds


def is_alive(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def start(path, count, *arguments):
    """Starts a job. Returns it, its ranks, and the number of the checkpoint that it has read."""
    job = subprocess.Popen([launch, '-n', str(count), program, path, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           stdin=subprocess.DEVNULL, encoding='utf-8')
    said, ranks = [], []
    for line in job.stdout:
        said.append(line)
        word, _, number = line.partition(' ')
        if word == 'process':
            ranks.append(int(number))
        if word == 'read':
            return job, ranks, int(number)
    sys.exit('the job could not go on from the checkpoint: ' + ''.join(said))


def end(job, ranks):
    """Returns the number of the last checkpoint that the job has written, or 0."""
    try:
        said = job.communicate(timeout=limit)[0]
    except subprocess.TimeoutExpired:
        job.kill()
        said = job.communicate()[0]
    for pid in ranks:
        kill(pid)
    while any(map(is_alive, ranks)):
        time.sleep(0.02)
    return max((int(line.split()[1]) for line in said.splitlines() if line.startswith('wrote ') and len(line.split()) == 2), default=0)


count = 3
written = leftovers = 0
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'state')
    for i in range(times + 1):
        job, ranks, read = start(path, count, *(['read'] if i == times else []))
        if read < written:
            sys.exit(f'checkpoint {written} was written, and {read} was read after the job was killed')
        if i == times:
            end(job, [])
            break
        time.sleep(chosen.choice([0.02, 0.1, 0.3]) * chosen.random())
        for pid in chosen.choice([ranks, ranks[:1], ranks[-1:]]):
            kill(pid)
        written = max(read, end(job, ranks))
        leftovers += os.path.exists(path + '.part')
print(f'{times} jobs were killed, {leftovers} in a dump; {written} checkpoints were written and none was lost')
