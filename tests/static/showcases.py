"""Counts the lines of code of the showcases, between their markers: without blank lines and comments.

usage: showcases.py SOURCE_ROOT
"""
import pathlib
import re
import sys

MOST = {'vector_allgather': 1, 'sample_sort': 14, 'bfs': 20}

problems = []
for name, most in MOST.items():
    text = (pathlib.Path(sys.argv[1]) / 'examples' / f'{name}.cpp').read_text(encoding='utf-8')
    code = re.search(r'//> START\n(.*?)[ \t]*//> END', text, re.DOTALL)[1]
    lines = [line for line in code.splitlines() if line.strip() and not line.strip().startswith('//')]
    print(f'{name}: {len(lines)} lines')
    if len(lines) > most or not lines:
        problems.append(f'{name} takes {len(lines)} lines, {most} are allowed')
sys.exit('\n'.join(problems) or 0)
