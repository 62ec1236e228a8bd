"""Checks that every file of lib/ and include/ uses only its own floor and those below, and no file that uses it; and that only the lowest
floor looks at the name or the version of an MPI.

The floors are the table in docs/design.md, highest first. Its first column names the folder in lib/ and in include/mpi4cxx/detail/, its last
the public headers, which lie in one folder.

usage: floors.py SOURCE_ROOT          checks, also that docs/floors.svg shows the table
       floors.py SOURCE_ROOT --draw   writes docs/floors.svg
"""
import html
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
picture = root / 'docs/floors.svg'
LINK = re.compile(r'\[([^]]*)\]\([^)]*\)')


def read_table():
    """(name, what it holds, its public headers) of each floor, lowest first."""
    section = (root / 'docs/design.md').read_text(encoding='utf-8').split('\n## Floors\n')[1].split('\n## ')[0]
    rows = [[cell.strip() for cell in line.strip('|').split('|')] for line in section.splitlines() if line.startswith('| `')]
    return [(name.strip('`'), LINK.sub(r'\1', holds), headers.replace('`', '').split()) for name, holds, headers in reversed(rows)]


def draw(floors):
    width, height, gap, margin = 860, 46, 16, 12
    total = len(floors) * (height + gap) - gap + 2 * margin
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {total}" font-family="sans-serif">',
             '<title>The floors of mpi4cxx: each uses only those below</title>',
             '<style>rect{fill:#e8eef7;stroke:#4a6fa5}text{fill:#1d2b40}.holds{font-size:13px}.name{font-size:15px;font-weight:bold}'
             'path{stroke:#4a6fa5;fill:none;marker-end:url(#head)}</style>',
             '<defs><marker id="head" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto"><path d="M0 0L6 3L0 6z" '
             'style="fill:#4a6fa5;stroke:none;marker-end:none"/></marker></defs>']
    for i, (name, holds, _) in enumerate(reversed(floors)):
        y = margin + i * (height + gap)
        lines += [f'<rect x="{margin}" y="{y}" width="{width - 2 * margin}" height="{height}" rx="6"/>',
                  f'<text class="name" x="{margin + 14}" y="{y + 29}">{name}</text>',
                  f'<text class="holds" x="{margin + 170}" y="{y + 28}">{html.escape(holds)}</text>']
        if i + 1 < len(floors):
            lines.append(f'<path d="M{width // 2} {y + height}v{gap - 2}"/>')
    return '\n'.join(lines + ['</svg>', ''])


def read_includes(texts):
    """The project's files that each of its files includes."""
    folders = {'<': 'include', '"': 'lib'}
    return {name: [target for bracket, header in re.findall(r'^#include ([<"])([^>"]+)', text, re.M)
                   if (target := f'{folders[bracket]}/{header}') in texts]
            for name, text in texts.items()}


def floor_of(name, numbers, headers):
    if name in headers:
        return headers[name]
    folder = re.match(r'(?:lib|include/mpi4cxx/detail|include/mpi4cxx)/(\w+)/', name)
    return numbers.get(folder[1]) if folder else None


def find_circle(includes):
    """The files of a circle of includes, if there is one."""
    done, path = set(), []

    def visit(name):
        if name in path:
            return path[path.index(name):] + [name]
        if name in done:
            return []
        path.append(name)
        for target in includes[name]:
            if circle := visit(target):
                return circle
        done.add(path.pop())
        return []

    return next((circle for name in includes if (circle := visit(name))), [])


floors = read_table()
if sys.argv[2:] == ['--draw']:
    picture.write_text(draw(floors), encoding='utf-8')
    sys.exit()

names = [name for name, _, _ in floors]
numbers = {name: number for number, name in enumerate(names)}
headers = {f'include/mpi4cxx/{header}.hpp': number for number, floor in enumerate(floors) for header in floor[2]}
texts = {path.relative_to(root).as_posix(): path.read_text(encoding='utf-8')
         for path in [*root.glob('include/**/*.hpp'), *root.glob('lib/**/*.[ch]pp')]}
includes = read_includes(texts)
problems = [f'{header}: in the table of docs/design.md, but there is no such header' for header in headers if header not in includes]
for name, targets in sorted(includes.items()):
    if name == 'include/mpi4cxx/mpi4cxx.hpp':  # the umbrella
        continue
    floor = floor_of(name, numbers, headers)
    if floor is None:
        problems.append(f'{name}: of no floor in the table of docs/design.md')
        continue
    if name.startswith('lib/bench/'):  # a program like those of users
        problems += [f'{name} includes {target}, but users include the public headers only' for target in targets
                     if not target.startswith('lib/bench/') and re.match('lib/|.*/detail/', target)]
    if floor > 0 and (looked := re.search(r'^#\s*(?:el)?if.*\b(OPEN_MPI|O?MPICH?_\w*|MPI_(?:SUB)?VERSION)\b', texts[name], re.M)):
        problems.append(f'{name}: {looked[0]}: only the floor {names[0]} looks at the MPI, all others ask detail/mpi/platform.hpp')
    problems += [f'{name} ({names[floor]}) includes {target}, which is above it ({names[above]})' for target in targets
                 if (above := floor_of(target, numbers, headers)) is not None and above > floor]
if circle := find_circle(includes):
    problems.append('a circle: ' + ' includes '.join(circle))
if picture.read_text(encoding='utf-8') != draw(floors):
    problems.append('docs/floors.svg does not show the table: tests/static/floors.py . --draw')
sys.exit('\n'.join(problems) or 0)
