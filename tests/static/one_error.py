"""Checks that what makes every line fail is said once: a compiler without C++20 or exceptions, the C++ bindings of MPI-2, another MPI's <mpi.h>.

usage: one_error.py SOURCE_ROOT COMPILER [FLAG…]

FLAG… do not choose the language, and find the MPI.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

root, compiler = pathlib.Path(sys.argv[1]), sys.argv[2:]
problems = []


def check(what, words, source, *flags):
    run = subprocess.run([*compiler, *flags, '-fsyntax-only', '-x', 'c++', '-'], input=source, stderr=subprocess.PIPE, encoding='utf-8', check=False)
    errors = [line for line in run.stderr.splitlines() if re.search(r': (fatal )?error: ', line)]
    if len(errors) != 1 or words not in errors[0]:
        problems.append(f'{what}: not one error with "{words}":\n{run.stderr}')


PROGRAM = """
#include <{}>
namespace MPI = mpi4cxx;
int main(int argc, char** argv) {{ MPI::Environment env(argc, argv); }}
"""
program = PROGRAM.format('mpi4cxx/mpi4cxx.hpp')
include = root / 'include'
for path in sorted((include / 'mpi4cxx').rglob('*.hpp')):
    text = path.read_text(encoding='utf-8')
    if 'detail' not in path.parts and '#include <mpi4cxx/' in text:
        name = path.relative_to(include).as_posix()
        check(name, 'mpi4cxx needs C++20: compile with -std=c++20', PROGRAM.format(name), '-std=c++17')

for flag in '-fno-exceptions', '-fno-rtti':
    check(flag, 'mpi4cxx needs exceptions and typeid', program, '-std=c++20', flag)

with_bindings = subprocess.run([*compiler, '-E', '-dM', '-x', 'c++', '-'], input='#include <mpi.h>', stdout=subprocess.PIPE, encoding='utf-8', check=True)
if re.search(r'MPIX_CALLREF|MPIPP_H', with_bindings.stdout):
    check('<mpi.h> first', 'compile with -DMPICH_SKIP_MPICXX -DOMPI_SKIP_MPICXX', '#include <mpi.h>' + program, '-std=c++20')

other = 'MPICH' if 'define OPEN_MPI ' in with_bindings.stdout else 'OPEN_MPI'
with tempfile.TemporaryDirectory() as folder:
    built_for = pathlib.Path(folder) / 'mpi4cxx/detail/mpi/built_for.hpp'
    built_for.parent.mkdir(parents=True)
    built_for.write_text(f'#define MPI4CXX_BUILT_FOR_{other} 1\n', encoding='utf-8')
    check('another MPI', 'this mpi4cxx was built for', program, '-std=c++20', '-I' + folder)

sys.exit('\n'.join(problems) or 0)
