"""Compiles all C++ of a build folder with clang++ too, without writing anything: usage: other_compiler.py BUILD_DIR

Exits with 77, "skipped", where there is no clang++, or where the folder is clang's own.
"""
import json
import pathlib
import shlex
import shutil
import subprocess
import sys

from tools import exit_with

build = pathlib.Path(sys.argv[1])
clang = shutil.which('clang++')
if clang is None:
    print('clang++ is not installed')
    sys.exit(77)


def words_of(entry):
    """The command, without what runs the compiler for it."""
    words = shlex.split(entry['command'])
    return words[1:] if pathlib.Path(words[0]).name == 'ccache' else words


entries = [entry for entry in json.loads((build / 'compile_commands.json').read_text()) if entry['file'].endswith('.cpp')]
if 'clang' in words_of(entries[0])[0]:
    print('the folder is compiled with clang++')
    sys.exit(77)


def problems_of(entry):
    # libbacktrace's header lies among g++'s own.
    command = [clang, *words_of(entry)[1:], '-UMPI4CXX_TRACE_BACKTRACE', '-fsyntax-only', '-Werror', '-fno-color-diagnostics']
    done = subprocess.run(command, cwd=entry['directory'], capture_output=True, text=True)
    return done.stderr if done.returncode != 0 else ''


exit_with(problems_of, entries)
