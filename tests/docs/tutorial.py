"""Starts the programs of the tutorial, and looks whether they print what the page says.

usage: tutorial.py SOURCE_ROOT LAUNCH FOLDER_OF_PROGRAMS
"""
import pathlib
import re
import subprocess
import sys
import tempfile

root, launch, programs = sys.argv[1:]
page = pathlib.Path(root, 'docs/tutorial.md').read_text(encoding='utf-8')
problems, compared = [], 0
for name, expected in re.findall(r'^```console\n\$ examples/run (\w+)\n(.*?)^```$', page, re.MULTILINE | re.DOTALL):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([launch, '-n', '4', pathlib.Path(programs, name).absolute()], cwd=folder, stdout=subprocess.PIPE, encoding='utf-8', timeout=60, check=False)
    compared += 1
    if done.returncode != 0 or done.stdout != expected:
        problems.append(f'{name} ends with {done.returncode} and prints\n{done.stdout}the page says\n{expected}')
if compared != 10:
    problems.append(f'the tutorial has {compared} programs with their output, not 10')
sys.exit('\n'.join(problems) or 0)
