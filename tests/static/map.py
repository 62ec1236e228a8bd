"""Checks docs/mpi4py-map.md: what a row names here must compile, and a row that names nothing must say why. Where mpi4py is
installed, every public member of its MPI has to have a row.

usage: map.py SOURCE_ROOT COMPILER [FLAG…]
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

root, *compiler = sys.argv[1:]
page = pathlib.Path(root, 'docs/mpi4py-map.md').read_text(encoding='utf-8')
ROW = re.compile(r'^\| `(\w+\.\w+)` \| (?:`([\w:()=\[\]]+)`|–) \| (.*?) ?\|$', re.M)
UNKNOWN = re.compile(r'is not a member of|no member named|has not been declared|no type named|is private|is protected|incomplete type'
                     r'|is a private member|is a protected member')

rows = ROW.findall(page)
problems = [f'this row is none that can be read: {line}' for line in page.splitlines()
            if re.match(r'\| `\w+\.\w+`', line) and not ROW.match(line)]
if len(rows) < 800:
    problems.append(f'only {len(rows)} rows')
seen = set()
for member, ours, note in rows:
    if member in seen:
        problems.append(f'{member} has two rows')
    seen.add(member)
    if not ours and len(note) < 10:
        problems.append(f'{member} is nothing here, and the row does not say why')


def unknown(names):
    """Those that the headers do not declare. A name may be that of a type, a template or an overload set."""
    lines = ['#include <mpi4cxx/mpi4cxx.hpp>']
    lines += [f'void f{i}() {{ (void)&mpi4cxx::{name}; }}' if '::' in name else f'namespace n{i} {{ using mpi4cxx::{name}; }}'
              for i, name in enumerate(names)]
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, 'map.cpp')
        source.write_text('\n'.join(lines) + '\n', encoding='utf-8')
        everything = ['-fmax-errors=0', '-ferror-limit=0']
        is_clang = b'clang' in subprocess.run([*compiler, '--version'], stdout=subprocess.PIPE, check=True).stdout
        command = [*compiler, '-fsyntax-only', '-w', everything[is_clang], str(source)]
        said = subprocess.run(command, stderr=subprocess.PIPE, encoding='utf-8', check=False).stderr
    found = set()
    for line, text in re.findall(r'map\.cpp:(\d+):\d+: error: (.*)', said):
        if line == '1':
            sys.exit('the headers do not compile:\n' + said)
        if UNKNOWN.search(text):
            found.add(names[int(line) - 2])
    return found


names = sorted({ours for _, ours, _ in rows if ours})
wrong = ['Comm::no_such_member', 'no_such_name']  # so that it is seen to tell
found = unknown([*names, *wrong])
problems += [f'{name} is not told apart from what there is' for name in wrong if name not in found]
problems += [f'{name}, which the page names, is not declared' for name in sorted(found - set(wrong))]

MEMBERS = '''
import mpi4py
mpi4py.rc.initialize = mpi4py.rc.finalize = False
from mpi4py import MPI
skipped = ('File', 'Session', 'memory', 'buffer', 'Pickle')
for name in dir(MPI):
    value = getattr(MPI, name)
    if name.startswith('_'):
        continue
    if not isinstance(value, type):
        print('MPI.' + name)
    elif name not in skipped:
        for member in vars(value):
            if not member.startswith('_'):
                print(name + '.' + member)
'''
for python in (sys.executable, shutil.which('python3'), '/usr/bin/python3'):
    listed = subprocess.run([python, '-c', MEMBERS], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding='utf-8', check=False)
    if listed.returncode == 0:
        members = listed.stdout.split()
        inherited = {member.split('.')[1] for member in seen}
        problems += [f'mpi4py has {member}, which has no row' for member in members if member not in seen and member.split('.')[1] not in inherited]
        print(f'{len(members)} members of the mpi4py that is installed looked at')
        break
print(f'{len(rows)} rows, {len(names)} names')
sys.exit('\n'.join(problems) or 0)
