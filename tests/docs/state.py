"""Checks the figures of the README: how much of mpi4py and of MPI there is.

usage: state.py SOURCE_ROOT
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
readme, members, functions = ((root / name).read_text(encoding='utf-8') for name in ('README.md', 'docs/mpi4py-map.md', 'docs/coverage.md'))

rows = re.findall(r'^\| `\w+\.\w+` \| (`|–)', members, re.MULTILINE)
expected = [f'{rows.count("`")} of {len(rows)} members', re.search(r'\d+ functions, and \d+ of their twins', functions)[0]]
sys.exit('\n'.join(f'README.md does not say "{figure}"' for figure in expected if figure not in readme) or 0)
