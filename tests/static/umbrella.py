"""Checks that mpi4cxx.hpp, futures.hpp and python.hpp include every public header of theirs and that include/meson.build installs every header.

usage: umbrella.py SOURCE_ROOT [--list]

--list prints the public headers that are installed, without the one that needs pybind11.
"""
import pathlib
import re
import sys

include = pathlib.Path(sys.argv[1], 'include')
installed = set(re.findall(r"'(mpi4cxx/[^']+\.hpp)'", (include / 'meson.build').read_text(encoding='utf-8')))


def is_public(header):
    return '/detail/' not in header


if '--list' in sys.argv[2:]:
    print(*sorted(header.removeprefix('mpi4cxx/') for header in installed if is_public(header) and header != 'mpi4cxx/pybind11.hpp'), sep='\n')
    sys.exit()

existing = {path.relative_to(include).as_posix() for path in include.rglob('*.hpp')}
# Which a user includes by itself
alone = {f'mpi4cxx/{name}.hpp' for name in ('mpi4cxx', 'futures', 'owned', 'polymorphic', 'pybind11', 'python')}
public = {header for header in existing if is_public(header)} - alone
of_pool = {header for header in public if header.startswith('mpi4cxx/futures/')}
of_python = {header for header in public if header.startswith('mpi4cxx/python/')}

problems = [f'include/meson.build does not install {header}' for header in sorted(existing - installed)]
problems += [f'include/meson.build installs {header}, which is not there' for header in sorted(installed - existing)]
for umbrella, expected in (('mpi4cxx/mpi4cxx.hpp', public - of_pool - of_python), ('mpi4cxx/futures.hpp', of_pool), ('mpi4cxx/python.hpp', of_python)):
    included = set(re.findall(r'#include <(mpi4cxx/[^>]+)>', (include / umbrella).read_text(encoding='utf-8')))
    problems += [f'{umbrella} does not include {header}' for header in sorted(expected - included)]
    problems += [f'{umbrella} includes {header}, which is none of its public headers' for header in sorted(included - expected)]
sys.exit('\n'.join(problems) or 0)
