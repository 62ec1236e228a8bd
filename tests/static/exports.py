"""Checks that a shared library exports names of namespace mpi4cxx alone, each with the ABI and the MPI in it, and the interface itself.

usage: exports.py LIBRARY
"""
import re
import subprocess
import sys

OWN = re.compile(r'((\w+ )+(for|to) )?mpi4cxx::abi_\d+_\d+_(mpich|openmpi|standard)::')  # "vtable for mpi4cxx::…", "non-virtual thunk to mpi4cxx::…"
EXPECTED = ['mpi4cxx::COMM_WORLD', 'mpi4cxx::Environment::~Environment()', 'typeinfo for mpi4cxx::Exception']

listed = subprocess.run(['nm', '--dynamic', '--demangle', '--defined-only', sys.argv[1]], stdout=subprocess.PIPE, encoding='utf-8', check=True).stdout
names = [line.split(maxsplit=2)[2] for line in listed.splitlines()]
problems = [f'exported, but not of mpi4cxx and its ABI: {name}' for name in names if not OWN.match(name)]
plain = {re.sub(r'\babi_\w+::', '', name) for name in names}
problems += [f'not exported: {name}' for name in EXPECTED if name not in plain]
sys.exit('\n'.join(problems[:5]) or 0)
