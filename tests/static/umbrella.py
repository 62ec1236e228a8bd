"""Checks that mpi4cxx.hpp includes every public header and that include/meson.build installs every header.

usage: umbrella.py SOURCE_ROOT [--list]

--list prints the public headers that are installed, those of the task pool excepted, which is included by itself, as is
polymorphic.hpp.
"""
import pathlib
import re
import sys

include = pathlib.Path(sys.argv[1], 'include')
installed = set(re.findall(r"'(mpi4cxx/[^']+\.hpp)'", (include / 'meson.build').read_text(encoding='utf-8')))


def is_public(header):
    return '/detail/' not in header and 'futures' not in header


if '--list' in sys.argv[2:]:
    print(*sorted(header.removeprefix('mpi4cxx/') for header in installed if is_public(header)), sep='\n')
    sys.exit()

existing = {path.relative_to(include).as_posix() for path in include.rglob('*.hpp')}
umbrella = 'mpi4cxx/mpi4cxx.hpp'
included = set(re.findall(r'#include <(mpi4cxx/[^>]+)>', (include / umbrella).read_text(encoding='utf-8')))
expected = {header for header in existing if is_public(header)} - {umbrella, 'mpi4cxx/polymorphic.hpp'}

problems = [f'include/meson.build does not install {header}' for header in sorted(existing - installed)]
problems += [f'include/meson.build installs {header}, which is not there' for header in sorted(installed - existing)]
problems += [f'{umbrella} does not include {header}' for header in sorted(expected - included)]
problems += [f'{umbrella} includes {header}, which is not a public header' for header in sorted(included - expected)]
sys.exit('\n'.join(problems) or 0)
