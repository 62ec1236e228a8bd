"""Runs mixed jobs: ranks of Python beside ranks of PROGRAM in one COMM_WORLD.

usage: mixed_run.py SCRIPT PROGRAM SAYS LAYOUT…, where a layout such as p1c3 is one rank of Python, then three of C++

Each rank gets the list of the ranks of Python as its argument. A job that ends well says SAYS, a regular expression.

Skipped (exit 77) where there is no mpi4py with NumPy, or one of another MPI than PROGRAM's.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / 'launch'))
import jobs  # noqa: E402, pylint: disable=wrong-import-position

script, program, says, *layouts = sys.argv[1:]


def mpi_of(file):
    """'mpich', 'openmpi': which one a file is linked to."""
    linked = subprocess.run(['ldd', file], capture_output=True, text=True, check=False).stdout
    return 'mpich' if re.search(r'libmpich\.so|libmpi\.so\.12', linked) else 'openmpi' if 'libmpi.so' in linked else 'no MPI'


def find_module(python):
    """The file of mpi4py's module and its major version, '' where this Python has none."""
    if python is None:
        return ''
    where = ("import importlib.util as u, numpy, mpi4py; s = u.find_spec('mpi4py.MPI'); print(s.origin, mpi4py.__version__.split('.')[0])")
    return subprocess.run([python, '-c', where], capture_output=True, text=True, check=False).stdout.strip()


modules = {python: find_module(python) for python in (sys.executable, shutil.which('python3'), '/usr/bin/python3')}
python = next((name for name, module in modules.items() if module), None)
if python is None:
    print('mpi4py or NumPy is not installed')
    sys.exit(77)
module, version = modules[python].rsplit(maxsplit=1)
mpi = mpi_of(program)
if mpi_of(module) != mpi:
    print(f'mpi4py is linked to {mpi_of(module)}, this build to {mpi}')
    sys.exit(77)

launcher = os.environ.get('MPIEXEC', '').split() or [shutil.which('mpiexec.' + mpi) or 'mpiexec']
environment = os.environ | {
    'MPI4CXX_MPI4PY': version, 'OMPI_ALLOW_RUN_AS_ROOT': '1', 'OMPI_ALLOW_RUN_AS_ROOT_CONFIRM': '1', 'OMPI_MCA_rmaps_base_oversubscribe': '1',
    'PRTE_MCA_rmaps_default_mapping_policy': ':oversubscribe', 'OMPI_MCA_mpi_yield_when_idle': '1', 'OMPI_MCA_hwloc_base_binding_policy': 'none'}
if mpi == 'mpich':
    environment['MPI4CXX_MIXED'] = '1'   # its launcher does not tell
failed = False
for layout in layouts:
    parts = [(kind, int(number)) for kind, number in re.findall(r'([pc])(\d)', layout)]
    kinds = ''.join(kind * number for kind, number in parts)
    of_python = ','.join(str(rank) for rank, kind in enumerate(kinds) if kind == 'p')
    command = jobs.together(launcher, *((number, *([python, script] if kind == 'p' else [program]), of_python) for kind, number in parts), **environment)
    if 'sh' in command:
        environment['MPI4CXX_MIXED'] = '1'   # nor does a job in which the ranks choose their programs
    try:
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, check=False)
        said, code = result.stdout + result.stderr, result.returncode
    except subprocess.TimeoutExpired as late:
        said, code = f'{late.stdout}\n{late.stderr}', 'no end'
    if code != 0 or not re.search(says, said):
        failed = True
        print(f'{layout} ended with {code}:\n{said[-2000:]}')
sys.exit(failed)
