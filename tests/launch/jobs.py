"""Runs jobs and looks how they end, for the check.py of several folders."""
import os
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


def check(condition, text):
    if not condition:
        sys.exit('wrong: ' + text)
