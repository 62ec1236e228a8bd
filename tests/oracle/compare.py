"""Runs the same program in mpi4py and in this library and compares what they print, line by line.

usage: compare.py TOPIC LAUNCH RANKS PROGRAM

Skipped (exit 77) where there is no mpi4py, or one of another MPI than PROGRAM's.
"""
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys

topic, launch, ranks, program = sys.argv[1:]
script = pathlib.Path(__file__).with_name(topic + '.py')


def skip(reason):
    print(reason)
    sys.exit(77)


def find_module(python):
    """The file of mpi4py's module, '' where this Python has none."""
    if python is None:
        return ''
    where = "import importlib.util as u; s = u.find_spec('mpi4py'); s and print(u.find_spec('mpi4py.MPI').origin)"
    return subprocess.run([python, '-c', where], capture_output=True, text=True, check=False).stdout.strip()


def mpi_of(file):
    """'mpich', 'openmpi': which one a file is linked to."""
    linked = subprocess.run(['ldd', file], capture_output=True, text=True, check=False).stdout
    return 'mpich' if re.search(r'libmpich\.so|libmpi\.so\.12', linked) else 'openmpi' if 'libmpi.so' in linked else 'no MPI'


modules = {python: find_module(python) for python in (sys.executable, shutil.which('python3'), '/usr/bin/python3')}
python = next((name for name, module in modules.items() if module), None)
if python is None:
    skip('mpi4py is not installed')
if mpi_of(modules[python]) != mpi_of(program):
    skip(f'mpi4py is linked to {mpi_of(modules[python])}, this build to {mpi_of(program)}')

environment = os.environ.copy()
if not environment.get('MPIEXEC'):  # launch does not see what a script is linked to
    environment['MPIEXEC'] = shutil.which('mpiexec.' + mpi_of(program)) or 'mpiexec'


def run(*command):
    try:
        result = subprocess.run([launch, '-n', ranks, *command], env=environment, capture_output=True, text=True, timeout=100, check=False)
    except subprocess.TimeoutExpired as late:
        sys.exit(f'{command} did not end; it said:\n{late.stdout}\n{late.stderr}')
    if result.returncode != 0:
        sys.exit(f'{command} ended with {result.returncode}:\n{result.stdout}\n{result.stderr}')
    return result.stdout.splitlines()


theirs, ours = run(python, str(script)), run(program)
if len(theirs) < int(ranks):
    sys.exit(f'mpi4py said only {len(theirs)} lines')
differences = list(difflib.unified_diff(theirs, ours, 'mpi4py', 'mpi4cxx', lineterm='', n=0))
print(f'{len(theirs)} lines')
sys.exit('\n'.join(differences) or 0)
