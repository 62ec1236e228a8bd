"""Lets allocations of one rank fail in operations of all: the job has to end, by the exception that nobody catches.

usage: jobs.py LAUNCH PROGRAM [TRIES]

PROGRAM is fail_new. TRIES is how many allocations of each operation fail, 0 (the default): all, one after another.
"""
import os
import random
import subprocess
import sys

launch, program, tries = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0
seed = int.from_bytes(os.urandom(4), 'little')
chosen = random.Random(seed)
print('seed', seed, flush=True)
limit = 40      # seconds
operations = subprocess.run([program, 'list'], stdout=subprocess.PIPE, encoding='utf-8', check=True).stdout.splitlines()


def is_reached(operation, number):
    try:
        job = subprocess.run([launch, '-n', '2', program, operation, str(number)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             stdin=subprocess.DEVNULL, encoding='utf-8', timeout=limit, check=False)
    except subprocess.TimeoutExpired as e:
        sys.exit(f'{operation}, allocation {number}: did not end in {limit} s and said {e.stdout}')
    if job.returncode == 0:
        if 'not reached' not in job.stdout:
            sys.exit(f'{operation}, allocation {number}: failed, and yet the job ended with 0; it said {job.stdout}')
        return False
    if 'uncaught exception' not in job.stdout:
        sys.exit(f'{operation}, allocation {number}: ended with {job.returncode} without an exception and said {job.stdout}')
    return True


for operation in operations:
    numbers = range(1, 1000) if tries == 0 else [1, *(chosen.randrange(2, 20) for _ in range(tries - 1))]
    failed = 0
    for number in numbers:
        if not is_reached(operation, number):
            if tries == 0:
                break
            continue
        failed += 1
    if failed == 0:
        sys.exit(f'no allocation of {operation} failed')
    print(f'{operation}: {failed} failed', flush=True)
