"""Checks that clang-format 14 would leave the C++ files as they are.

usage: format.py SOURCE_ROOT
"""
import pathlib
import subprocess
import sys

from tools import find_tool

formatter = find_tool('clang-format')
if formatter is None:
    print('clang-format 14 is not installed; others format differently')
    sys.exit(77)
root = pathlib.Path(sys.argv[1])
files = [path for folder in ('include', 'lib', 'tests', 'examples') for path in sorted((root / folder).rglob('*.[ch]pp'))]
sys.exit(subprocess.run([formatter, '--dry-run', '-Werror', *files], cwd=root, check=False).returncode)
