"""Checks that clang-format 14 would leave the C++ files as they are.

usage: format.py SOURCE_ROOT
"""
import pathlib
import re
import shutil
import subprocess
import sys


def find_formatter():
    for name in ('clang-format-14', 'clang-format'):
        program = shutil.which(name)
        if program and re.search(r'version 14\.', subprocess.run([program, '--version'], stdout=subprocess.PIPE, encoding='utf-8', check=False).stdout):
            return program
    return None


formatter = find_formatter()
if formatter is None:
    print('clang-format 14 is not installed; others format differently')
    sys.exit(77)
root = pathlib.Path(sys.argv[1])
files = [path for folder in ('include', 'lib', 'tests', 'examples') for path in sorted((root / folder).rglob('*.[ch]pp'))]
sys.exit(subprocess.run([formatter, '--dry-run', '-Werror', *files], cwd=root, check=False).returncode)
