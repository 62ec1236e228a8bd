"""Makes the site, and looks whether its links lead somewhere and whether a member without a sentence would be noticed.

usage: site.py DOXYGEN DOXYFILE HEADER

HEADER has members with sentences, and one without.
"""
import html.parser
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

doxygen, doxyfile, header = sys.argv[1:]
settings = pathlib.Path(doxyfile).read_text(encoding='utf-8')


def make(output, *changes):
    return subprocess.run([doxygen, '-'], input='\n'.join([settings, f'HTML_OUTPUT = "{output}"', *changes]), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding='utf-8', check=False)


class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.names, self.targets = set(), []
        self.feed(path.read_text(encoding='utf-8'))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.names |= {attrs[name] for name in ('id', 'name') if attrs.get(name)}
        self.targets += [attrs[name] for name in ('href', 'src') if attrs.get(name)]


def broken_links(folder):
    pages = {path.name: Page(path) for path in folder.glob('*.html')}
    for name, page in pages.items():
        for target in page.targets:
            parts = urllib.parse.urlsplit(target)
            if parts.scheme or target.startswith('javascript:'):
                continue
            file, fragment = urllib.parse.unquote(parts.path) or name, urllib.parse.unquote(parts.fragment)
            if not (folder / file).exists():
                yield f'{name} links to {target}, which is not there'
            elif fragment and file in pages and fragment not in pages[file].names:
                yield f'{name} links to {target}, and {file} has no such place'


with tempfile.TemporaryDirectory() as folder:
    made = make(folder + '/site')
    if made.returncode != 0:
        sys.exit('\n'.join(made.stdout.splitlines()[:30]))
    site = pathlib.Path(folder, 'site')
    problems = sorted(set(broken_links(site)))
    expected = ['index.html', 'classmpi4cxx_1_1Comm.html', 'md_design.html', 'hello_8cpp-example.html']
    problems += [f'the site has no {name}' for name in expected if not (site / name).exists()]
    if problems:
        sys.exit('\n'.join(problems[:20]))

    made = make(folder + '/undocumented', f'INPUT = "{header}"', 'USE_MDFILE_AS_MAINPAGE =')
    complaints = [line for line in made.stdout.splitlines() if ': warning: ' in line or ': error: ' in line]
    if made.returncode == 0 or len(complaints) != 1 or 'forgotten() (function) of class mpi4cxx::Example is not documented' not in complaints[0]:
        sys.exit(f'a member without a sentence is not what is complained of, with {made.returncode}:\n{made.stdout}')
