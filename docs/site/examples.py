"""Writes the page of each example for Doxygen, and one that lists them: examples.py EXAMPLES_FOLDER OUTPUT"""
import pathlib
import sys

folder, output = map(pathlib.Path, sys.argv[1:])
pages, rows = [], []
for path in sorted(folder.glob('*.?pp')):
    first = path.read_text(encoding='utf-8').splitlines()[0]
    sentence = first.lstrip('/ ').rstrip('.')
    pages.append(f'/** @example {path.name}\n@details {sentence}.\n*/\n')
    rows.append(f'| @ref {path.name} | {sentence} |\n')
pages.append('/** @page all_examples Examples\n`examples/run NAME` builds one and starts it.\n\n| example | shows |\n|---|---|\n' + ''.join(rows) + '*/\n')
output.write_text(''.join(pages), encoding='utf-8')
