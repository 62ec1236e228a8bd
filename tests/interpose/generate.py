#!/usr/bin/env python3
"""Writes the C file that makes MPI functions fail on demand: generate.py OUTPUT LIBRARY HEADERS PREPROCESSOR…

It defines every function `int MPI_X(…)` of <mpi.h> that LIBRARY, or an inline method in the folder HEADERS, calls. An
executable's own definition is taken in place of the MPI's, from inside a shared library too. See interpose.h.
"""
import pathlib
import re
import subprocess
import sys

output, library, headers, *preprocessor = sys.argv[1:]

# Extensions of MPI begin with MPIX_. Those of MPICH stand in <mpi.h>.
HEADERS = '#include <mpi.h>\n#if defined(OPEN_MPI) && __has_include(<mpi-ext.h>)\n#include <mpi-ext.h>\n#endif\n'


def run(*command, text=''):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def used_functions():
    symbols = run('nm', '-D', '--undefined-only', library) if '.so' in library else run('nm', '--undefined-only', library)
    names = set(re.findall(r'\b(MPIX?_\w+)', symbols))
    twins = {}
    for header in pathlib.Path(headers).rglob('*.hpp'):
        text = header.read_text()
        names.update(re.findall(r'\b(?:call|get)<(MPIX?_\w+)>', text))
        for name, others in re.findall(r'variants<(MPI_\w+)> : ([^{]*)', text):
            twins[name] = re.findall(r'MPI_\w+', others)
    waiting = list(names)  # for their large-count and nonblocking twins, and for those of these
    while waiting:
        new = set(twins.get(waiting.pop(), [])) - names
        names |= new
        waiting += new
    return names


def prototypes():
    """Each function's parameters as they are declared."""
    text = run(*preprocessor, '-E', '-P', '-x', 'c', '-', text=HEADERS)
    text = ' '.join(text.split())
    found = re.findall(r'\bint (MPIX?_\w+) ?\(((?:[^()]|\([^()]*\))*)\)', text)
    return {name: parameters for name, parameters in found if '...' not in parameters}  # which cannot be handed on


def parameter_names(parameters):
    if parameters.strip() in ('void', ''):
        return []
    return [re.search(r'(\w+)\s*(?:\[[^]]*\]\s*)*$', parameter).group(1) for parameter in parameters.split(',')]


declared = prototypes()
names = sorted(used_functions() & declared.keys())
lines = ['/* Written by generate.py. */', '#define _GNU_SOURCE', '#include <dlfcn.h>', HEADERS, '#include "interpose.h"', '']
lines.append('const char* const interposed[] = {' + ', '.join(f'"{name}"' for name in names) + '};')
lines.append(f'const int interposed_size = {len(names)};')
for i, name in enumerate(names):
    arguments = ', '.join(parameter_names(declared[name]))
    # MPICH 5.0's library of the standard ABI lacks this twin.
    twin = '(__extension__ (int (*)(MPI_File*)) dlsym(RTLD_NEXT, "MPI_File_close"))' if name == 'MPI_File_close' else 'P' + name
    lines.append(f'int {name}({declared[name]}) {{ const int code = interpose({i}); '
                 f'return code != MPI_SUCCESS ? code : interpose_result({i}, {twin}({arguments})); }}')
pathlib.Path(output).write_text('\n'.join(lines) + '\n')
