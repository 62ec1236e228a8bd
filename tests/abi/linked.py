#!/usr/bin/env python3
"""Checks that libraries and programs need the library of the standard ABI and no other MPI: linked.py FILE…"""
import re
import subprocess
import sys

problems = []
for file in sys.argv[1:]:
    text = subprocess.run(['readelf', '-d', file], stdout=subprocess.PIPE, encoding='utf-8', check=True).stdout
    needed = re.findall(r'NEEDED.*\[(.*)\]', text)
    mpis = [name for name in needed if re.match(r'lib(open_)?mpi(ch|_|\.so)', name)]
    if mpis != ['libmpi_abi.so.1']:
        problems.append(f'{file} needs {mpis}')
    for name in re.findall(r'SONAME.*\[(.*)\]', text):
        if not re.fullmatch(r'libmpi4cxx-abi(-trace)?\.so\.\d+\.\d+', name):
            problems.append(f'{file} is called {name}')
sys.exit('\n'.join(problems) or 0)
