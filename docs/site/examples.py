"""Writes the page of each example for Doxygen: examples.py EXAMPLES_FOLDER OUTPUT"""
import pathlib
import sys

folder, output = map(pathlib.Path, sys.argv[1:])
pages = []
for path in sorted(folder.glob('*.?pp')):
    first = path.read_text(encoding='utf-8').splitlines()[0]
    pages.append(f'/** @example {path.name}\n{first.lstrip("/ ")}\n*/\n')
output.write_text(''.join(pages), encoding='utf-8')
