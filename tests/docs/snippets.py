"""Checks that every block of C++ in the pages is part of an example, and so compiled and run.

usage: snippets.py SOURCE_ROOT

Above each ```cpp stands where it is from: <!-- from examples/hello.cpp -->. The block is consecutive lines of that file,
however deep they are indented there; a line "// …" in the block stands for lines left out. An answer of the cookbook has 25 lines at most.
A ```python may be from an example too, with "# …" for lines left out.
"""
import pathlib
import re
import sys
import textwrap

root = pathlib.Path(sys.argv[1])
BLOCK = re.compile(r'(?:^<!-- from (\S+) -->\n+)?^```(\w*)\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def lines_of(text):
    return [line.rstrip() for line in text.strip('\n').splitlines()]


def find(part, lines, start):
    """Where `part` ends in `lines`, all of it indented by the same; None if it is not there after `start`."""
    wanted = lines_of(textwrap.dedent('\n'.join(part)))
    for begin in range(start, len(lines) - len(wanted) + 1):
        if lines_of(textwrap.dedent('\n'.join(lines[begin:begin + len(wanted)]))) == wanted:
            return begin + len(wanted)
    return None


def parts_of(block):
    parts = [[]]
    for line in lines_of(block):
        if line.strip() in ('// …', '# …'):
            parts.append([])
        else:
            parts[-1].append(line)
    return [part for part in parts if any(part)]


problems, compared = [], 0
for page in [root / 'README.md', *sorted((root / 'docs').glob('**/*.md'))]:
    text = page.read_text(encoding='utf-8')
    for match in BLOCK.finditer(text):
        source, language, block = match.groups()
        place = f'{page.relative_to(root)}:{text.count(chr(10), 0, match.start(2)) + 1}'
        if not language and re.search(r'#include|MPI::|;$', block, re.MULTILINE):
            problems.append(f'{place}: looks like C++, but is not marked as cpp')
        is_python = language == 'python' and (source or '').endswith('.py')
        if language not in ('cpp', 'c++', 'cc', 'C++') and not is_python:
            if source:
                problems.append(f'{place}: what is from {source} is not marked as cpp or python')
            continue
        if not source:
            problems.append(f'{place}: says nowhere which example it is from')
            continue
        if not re.fullmatch(r'examples/(\w+\.cpp|python/\w+\.(cpp|py))', source) or not (root / source).exists():
            problems.append(f'{place}: there is no example {source}')
            continue
        compared += 1
        if page.name == 'cookbook.md' and len(block.splitlines()) > 25:
            problems.append(f'{place}: {len(block.splitlines())} lines, not 25 at most')
        lines, at = lines_of((root / source).read_text(encoding='utf-8')), 0
        for part in parts_of(block):
            at = find(part, lines, at)
            if at is None:
                problems.append(f'{place}: {source} does not have these lines: {part[0].strip()} …')
                break
if compared == 0:
    problems.append('no block was compared')
sys.exit('\n'.join(problems) or 0)
