"""Checks that clang-tidy 14 finds nothing in the library and its headers, with the checks of .clang-tidy.

usage: tidy.py SOURCE_ROOT BUILD_DIR
"""
import json
import pathlib
import subprocess
import sys

from tools import exit_with, find_tool

root, build = (pathlib.Path(path).resolve() for path in sys.argv[1:])
tidy = find_tool('clang-tidy')
if tidy is None:
    print('clang-tidy 14 is not installed; others check differently')
    sys.exit(77)
commands = json.loads((build / 'compile_commands.json').read_text())
files = sorted({(pathlib.Path(command['directory']) / command['file']).resolve() for command in commands})
files = [file for file in files if file.is_relative_to(root / 'lib')]


def findings(file):
    """What it says of one file and of the headers in which it looks."""
    # <backtrace.h> is GCC's own
    run = subprocess.run([tidy, '-p', build, '--quiet', '--extra-arg=-UMPI4CXX_TRACE_BACKTRACE', file],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding='utf-8', check=False)
    return run.stdout or (run.stderr if run.returncode else '')


exit_with(findings, files)
