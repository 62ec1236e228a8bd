"""Makes the site, and looks at what a reader would stumble over: dead links, missing pictures, empty indices, names that are not found.

usage: site.py DOXYGEN DOXYFILE SOURCE_ROOT HEADER

HEADER has members with sentences, and one without.
"""
import html.parser
import json
import pathlib
import re
import sys
import tempfile
import urllib.parse

doxygen, doxyfile, source, header = sys.argv[1:]
sys.path.insert(0, str(pathlib.Path(source, 'docs/site')))
import make  # noqa: E402, pylint: disable=wrong-import-position
from notes import Notes  # noqa: E402, pylint: disable=wrong-import-position

# What the index, the pages of classes and the search must have, in bases or not.
MEMBERS = {'Split', 'Dup', 'Create', 'Split_type', 'Send', 'send', 'Allgatherv', 'Waitall', 'Put', 'Read_at_all', 'submit', 'Get_rank', 'Set_name',
           'Get_attr', 'as_completed', 'save', 'share'}
CONSTANTS = {'COMM_WORLD', 'ANY_SOURCE', 'SUM', 'DOUBLE', 'ERR_RANK', 'MODE_RDONLY', 'PROC_NULL', 'THREAD_MULTIPLE'}
CLASSES = {'Intracomm': {'Split', 'Dup', 'Create', 'Send', 'Allreduce', 'Set_name', 'Scan'}, 'Cartcomm': {'Shift', 'Dup', 'Neighbor_alltoall', 'Split', 'Recv'},
           'Intercomm': {'Merge', 'Split', 'Create', 'Send'}, 'Prequest': {'Start', 'Wait'}}

# What a stranger looks for, and the clicks from the front page, three at most.
CLICKS = [
    ['index.html', 'md_install.html', 'md_install.html#install_without-root'],
    ['index.html', 'md_cookbook.html', 'md_cookbook.html#cookbook_how-do-i-send-a-struct-with-a-string-in-it'],
    ['index.html', 'md_reference.html', 'classmpi4cxx_1_1Comm.html'],       # what Allgatherv throws; with the search, one click
    ['index.html', 'md_windows.html#windows_one-array-on-each-node'],
    ['index.html', 'md_debugging.html'],
]

# What he writes into the search, and where it leads him.
SOUGHT = {'hang': 'md_debugging.html', 'deadlock': 'md_debugging.html', 'oversubscribe': 'md_install.html', 'gpu': 'md_limits.html', 'struct': 'md_cookbook.html'}


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.names, self.targets, self.pictures, self.words, self.links = set(), [], 0, [], []
        self.is_link = False
        self.feed(path.read_text(encoding='utf-8'))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.names |= {attrs[name] for name in ('id', 'name') if attrs.get(name)}
        self.targets += [attrs[name] for name in ('href', 'src') if attrs.get(name)]
        self.pictures += tag == 'img'
        self.is_link = self.is_link or tag == 'a'

    def handle_data(self, data):
        self.words += re.findall(r'\w+', data)
        if self.is_link:
            self.links.append(data)

    def handle_endtag(self, tag):
        self.is_link = self.is_link and tag != 'a'


def broken_links(folder, pages):
    for name, page in pages.items():
        for target in page.targets:
            parts = urllib.parse.urlsplit(target)
            if parts.scheme:
                continue
            file, fragment = urllib.parse.unquote(parts.path) or name, urllib.parse.unquote(parts.fragment)
            if not (folder / file).exists():
                yield f'{name} links to {target}, which is not there'
            elif fragment and file in pages and fragment not in pages[file].names:
                yield f'{name} links to {target}, and {file} has no such place'


def missing_names(folder, pages):
    for index, wanted in (('members.html', MEMBERS), ('constants.html', CONSTANTS)):
        yield from (f'{index} does not have {name}' for name in wanted - set(pages[index].words))
        letters = {name for name in pages[index].names if re.fullmatch('[A-Z]', name)}
        if len(letters) < 15:
            yield f'{index} has no more letters than {sorted(letters)}'
    for name, wanted in CLASSES.items():
        yield from (f'the page of {name} does not have {member}' for member in wanted - set(pages[f'classmpi4cxx_1_1{name}.html'].words))
    entries = json.loads((folder / 'search-data.js').read_text(encoding='utf-8').removeprefix('const ENTRIES = ').rstrip(';\n'))
    found = {entry[0] for entry in entries}
    yield from (f'the search does not find {name}' for name in (MEMBERS | CONSTANTS | {'Intracomm', 'Install'}) - found)
    yield from (f'the search leads to {entry[2]}, which is not there' for entry in entries if not (folder / entry[2].split('#')[0]).exists())
    for word, place in SOUGHT.items():
        if not any(entry[2].startswith(place) and re.search(rf'\b{word}', ' '.join((entry[0], *entry[3:])).lower()) for entry in entries):
            yield f'the search for {word} does not lead to {place}'


def strange_words(pages):
    """Names that are nobody's business, and sections that say nothing."""
    for name, page in pages.items():
        if re.match(r'(class|struct|namespace|concept)mpi4cxx', name) and {'detail', 'NO_COPY'} & set(page.words):
            yield f'{name} names detail'
        if 'ilinebr' in page.words:
            yield f'{name} has code that Doxygen does not end where it ends'
        yield from (f'{name} has a link that reads {text}' for text in page.links if '`' in text)


def missing_clicks(pages):
    for path in CLICKS:
        for page, target in zip(path, path[1:]):
            file, _, fragment = target.partition('#')
            page = page.split('#')[0]
            if target not in pages[page].targets and not (file == page and f'#{fragment}' in pages[page].targets):
                yield f'{page} does not lead to {target}'


def forgotten(folder, pages):
    """Examples of no member, pages without a neighbour, links that the map and the reference should have."""
    names = make.Names(folder / 'mpi4cxx.tag')
    known = {name[at:] for name in names.places for at in [0] + [found.end() for found in re.finditer('::', name)]}
    examples = set(Notes(pathlib.Path(source, 'examples')).examples)
    yield from (f'an example is of {name}, which is not in the reference' for name in examples - known)
    linked = sum(target.startswith('classmpi4cxx') or target.startswith('namespacempi4cxx') for target in pages['md_mpi4py-map.html'].targets)
    if linked < 700:
        yield f'the map of mpi4py has {linked} links to the reference'
    for name in ('Comm', 'Intracomm'):
        if 'md_mpi4py-map.html#Comm.Split' not in pages[f'classmpi4cxx_1_1{name}.html'].targets:
            yield f'{name}::Split does not lead back to the map of mpi4py'
    for page in pathlib.Path(source, 'docs').glob('*.md'):
        file = 'index.html' if page.stem == 'index' else f'md_{page.stem}.html'
        if not any(file in other.targets for name, other in pages.items() if name != file):
            yield f'nothing leads to {file}'


with tempfile.TemporaryDirectory() as temporary:
    site = pathlib.Path(temporary, 'site')
    made = make.make(doxygen, doxyfile, source, site)
    if made.returncode != 0:
        sys.exit('\n'.join(made.stdout.splitlines()[:30]))
    every = {path.name: Page(path) for path in site.glob('*.html')}
    problems = [f'the site has no {name}' for name in ('index.html', 'classmpi4cxx_1_1Comm.html', 'md_design.html', 'hello_8cpp-example.html') if name not in every]
    problems = problems or sorted({*broken_links(site, every), *missing_names(site, every), *strange_words(every), *missing_clicks(every), *forgotten(site, every)})
    if not problems and every['md_gallery.html'].pictures < 3:
        problems.append('the gallery has no pictures')
    if problems:
        sys.exit('\n'.join(problems[:20]))

    made = make.make(doxygen, doxyfile, source, pathlib.Path(temporary, 'undocumented'), f'INPUT = "{header}"', 'USE_MDFILE_AS_MAINPAGE =')
    complaints = [line for line in made.stdout.splitlines() if ': warning: ' in line or ': error: ' in line]
    if made.returncode == 0 or len(complaints) != 1 or 'forgotten() (function) of class mpi4cxx::Example is not documented' not in complaints[0]:
        sys.exit(f'a member without a sentence is not what is complained of, with {made.returncode}:\n{made.stdout}')
