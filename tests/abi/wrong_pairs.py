#!/usr/bin/env python3
"""Checks what a program of the standard ABI says with the wrong launcher, and with another MPI in the process: wrong_pairs.py LAUNCH PROGRAM"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

launch, program = sys.argv[1:]
environment = dict(os.environ)
environment.pop('MPIEXEC', None)
problems = []


def run(command, **variables):
    done = subprocess.run(command, env=environment | variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8', timeout=60)
    return done.stdout


def expect(title, output, pattern):
    if not re.search(pattern, output):
        problems.append(f'{title}: no {pattern!r} in:\n{output}')


is_open_mpi = re.search(r'libopen[-_]', run(['ldd', program])) is not None
own, other = ('Open MPI', 'MPICH') if is_open_mpi else ('MPICH', 'Open MPI')
expect('the right launcher', run([launch, '-n', '2', program]), rf'(?m)^{own}, 2$')

wrong = shutil.which('mpiexec.mpich' if is_open_mpi else 'mpiexec.openmpi')
if wrong:
    said = run([launch, '-n', '2', program], MPIEXEC=wrong)
    if f'{own}, 2' not in said:  # an MPI that understands the other launcher is right
        expect('the wrong launcher', said, rf"(?:alone in its world\. This|where it begins\. The) program was started by {other}'s mpiexec: start it with {own}'s, .* or put the "
               rf"folder of {other}'s libmpi_abi\.so\.1 first in LD_LIBRARY_PATH")

# Before the library of the ABI, another MPI takes the program's calls. Behind it, the calls of others would come to the wrong one.
for path in [*pathlib.Path('/usr/lib').glob('*/libmpich.so.12'), *pathlib.Path('/usr/lib').glob('*/libmpi.so.40')]:
    found = run([program], LD_PRELOAD=str(path))
    expect(f'{path.name} first', found, rf'refused: Environment: this program calls the MPI in {re.escape(path.name)}.*link the program and its libraries to')
    library = re.search(r'libmpi_abi\.so\.1 => (\S+)', run(['ldd', program]))[1]
    expect(f'{path.name} second', run([program], LD_PRELOAD=f'{library} {path}'), rf'warning: this process has loaded {re.escape(path.name)} besides')
sys.exit('\n'.join(problems) or 0)
