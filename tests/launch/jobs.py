"""Runs jobs and looks how they end, for the check.py of several folders."""
import os
import re
import shlex
import shutil
import subprocess
import sys


def run(*command, limit, without=(), cwd=None, **variables):
    """The exit status of `command` and all that it says. It gets `variables`, and none of whose names begin with one of `without`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(tuple(without))} | variables
    try:
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=limit, cwd=cwd, check=False)
    except subprocess.TimeoutExpired as e:
        sys.exit(f'{command} did not end in {limit} s; it said:\n{e.stdout}\n{e.stderr}')
    print(command, variables, 'ended with', result.returncode, 'and said:\n' + result.stdout + result.stderr)
    return result.returncode, result.stdout + result.stderr


def is_mpich(program):
    """Whether the loader gives MPICH to `program`, and not Open MPI. Either may have the standard ABI."""
    linked = subprocess.run(['ldd', program], capture_output=True, text=True, check=True).stdout
    return re.search(r'libmpich|libmpi\.so\.12|libmpi_abi', linked) is not None and re.search('libopen[-_]', linked) is None


def loses_statuses(program):
    """Whether the launcher of `program` may end with 0 although a rank has ended otherwise before MPI_Finalize and without MPI_Abort on MPI_COMM_WORLD.

    That of MPICH 4.2 does (mpich#7057).
    """
    if not is_mpich(program) or shutil.which('mpiexec.mpich') is None:
        return False
    said = subprocess.run(['mpiexec.mpich', '--version'], capture_output=True, text=True, check=False).stdout
    return re.search(r'Version: +4\.2', said) is not None


def together(launcher, *parts, **variables):
    """The command that starts several programs in one job: each part is a number of ranks and a command. Where the launcher crashes with more than one
    program, as Open MPI's on Debian 13, each rank chooses its own."""
    colons = [word for ranks, *command in parts for word in (':', '-n', str(ranks), *command)]
    trial = subprocess.run([*launcher, '-n', '1', 'true', ':', '-n', '1', 'true'], env=os.environ | variables, capture_output=True, check=False)
    if trial.returncode >= 0:
        return [*launcher, *colons[1:]]
    cases, first = [], 0
    for ranks, *command in parts:
        cases.append(f'{"|".join(map(str, range(first, first + ranks)))}) exec {shlex.join(map(str, command))} ;;')
        first += ranks
    return [*launcher, '-n', str(first), 'sh', '-c', f'case $OMPI_COMM_WORLD_RANK in {" ".join(cases)} esac']


def check(condition, text):
    if not condition:
        sys.exit('wrong: ' + text)
