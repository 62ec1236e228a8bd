"""Compiles CASE as it stands, which must work, and with REJECTED defined, which must fail with the words of its first line.

usage: compile_fail.py CASE COMPILER [FLAG…]

The first line reads `// error: REGULAR EXPRESSION`, to be found in the first error that the compiler reports; a second `// flags: …` has flags
of that case.
"""
import re
import subprocess
import sys

case, *compiler = sys.argv[1:]
with open(case, encoding='utf-8') as file:
    first_line, second_line = file.readline(), file.readline()
if not first_line.startswith('// error: '):
    sys.exit(f'{case}: the first line is not `// error: …`')
words = first_line.removeprefix('// error: ').strip()
if second_line.startswith('// flags: '):
    compiler += second_line.removeprefix('// flags: ').split()


def compile_case(*more):
    return subprocess.run([*compiler, '-fsyntax-only', *more, case], stderr=subprocess.PIPE, encoding='utf-8', check=False)


accepted = compile_case()
if accepted.returncode != 0:
    sys.exit(f'the accepted form does not compile:\n{accepted.stderr}')
rejected = compile_case('-DREJECTED')
if rejected.returncode == 0:
    sys.exit('the rejected form compiles')
first_error = next((line for line in rejected.stderr.splitlines() if 'error: ' in line), '')
if not re.search(words, first_error):
    sys.exit(f'the first error does not say "{words}":\n{rejected.stderr}')
