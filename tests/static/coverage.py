"""Checks that every function of <mpi.h> is called by the library or has a reason why not, as docs/coverage.md says.

usage: coverage.py SOURCE_ROOT [--write] PREPROCESSOR [FLAG…]

The reasons stand in docs/coverage.md itself, for names that may end with *. --write renews what that page says of the calls.
"""
import fnmatch
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
preprocessor = [word for word in sys.argv[2:] if word != '--write']
page = root / 'docs/coverage.md'

# Functions that the standard lets be macros, and the tools interface, which is for tools.
NO_FUNCTION = re.compile(r'MPI_(\w+_(c2f|f2c|c2f08|f082c)|Status_f082f|Status_f2f08|Aint_add|Aint_diff|Wtime|Wtick|T_\w+)$')


def declared():
    text = subprocess.run([*preprocessor, '-E', '-P', '-x', 'c', '-'], input='#include <mpi.h>\n', capture_output=True, text=True, check=True).stdout
    return {name for name in re.findall(r'\bint\s+(MPI_[A-Z]\w*)\s*\(', text) if not NO_FUNCTION.match(name)}


def called():
    """The functions that the library names, other than to make stand-ins for them."""
    names = set()
    for path in [*root.glob('include/**/*.hpp'), *root.glob('lib/**/*.[ch]pp')]:
        if path.name in ('large_count.hpp', 'large_count.cpp', 'large_types.hpp', 'large_types.cpp', 'int_counts.hpp'):
            continue
        text = re.sub(r'//[^\n]*|"[^"\n]*"', '', path.read_text(encoding='utf-8'))
        if path.name == 'missing_functions.hpp':
            text = re.sub(r'inline (constexpr auto|int) MPIX?_\w+', '', text)
        names |= set(re.findall(r'\bMPI_[A-Z][a-z]\w*', text))
    return {name for name in names if not NO_FUNCTION.match(name)}


def best(name):
    """The reason of the longest pattern that fits."""
    return max((pattern for pattern, _ in reasons if fnmatch.fnmatchcase(name, pattern)), key=len, default=None)


old = page.read_text(encoding='utf-8')
reasons = re.findall(r'^\| `(MPI_[\w*]+)` \| (.{10,}) \|$', old, re.M)
here, used = declared(), called()
listed = {name for name in re.findall(r'`(MPI_\w+)`', old.partition('## Not called')[0])}
# What one MPI lacks, another declares: the page is of all of them.
functions = {name for name in used if name in here or name in listed}
plain = sorted(name for name in functions if not name.endswith('_c'))
large = sorted(functions - set(plain))

if '--write' in sys.argv[2:]:
    part = ['## Called', '', f'{len(plain)} functions, and {len(large)} of their twins for large counts.', '', ' '.join(f'`{name}`' for name in plain), '',
            ' '.join(f'`{name}`' for name in large), '', '']
    new = re.sub(r'## Called\n.*?(?=^## )', lambda _: '\n'.join(part), old, flags=re.S | re.M)
    kept = [line for line in new.splitlines() if not ((row := re.match(r'\| `(MPI_\w+)` \|', line)) and row[1] in functions)]
    page.write_text('\n'.join(kept) + '\n', encoding='utf-8')
    sys.exit()

problems = [f'{name} is neither called nor given a reason' for name in sorted(here - used) if best(name) is None]
problems += [f'{name} is called, but there is a reason why not' for name in sorted(functions) if (pattern := best(name)) == name]
problems += [f'{name} is called, but not listed' for name in sorted(functions - listed)]
problems += [f'{name} is listed, but not called' for name in sorted(listed - used)]
print(f'{len(here)} functions in <mpi.h>, {len(here & used)} of them called')
if problems:
    problems.append(f'to renew the list: {sys.argv[0]} {root} --write {" ".join(preprocessor)}')
sys.exit('\n'.join(problems) or 0)
