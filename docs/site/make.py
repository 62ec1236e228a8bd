"""Makes the site: make.py DOXYGEN DOXYFILE SOURCE_ROOT FOLDER [SETTING…]

Doxygen writes the pages. This program puts each into a frame with the contents, previous and next page, and search. It writes indices of members and
constants that are complete, links names in `code` to the reference, and members to their rows in the map of mpi4py.
"""
import html
import json
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree

# Where an unqualified name of a member is looked for, in this order.
CLASSES = ['Comm', 'Intracomm', 'Cartcomm', 'Topocomm', 'Intercomm', 'Request', 'Win', 'File', 'Datatype', 'Status', 'Group', 'Op', 'Info', 'Exception',
           'Environment', 'Session', 'Message', 'Errhandler']
# Indices of Doxygen's that this program replaces.
REPLACED = ['functions*.html', 'doxygen_crawl.html', 'namespacemembers*.html', 'namespaces.html', 'classes.html', 'examples.html', 'pages.html', 'files.html', 'hierarchy.html',
            'dir_*.html', 'globals*.html', '*-members.html', '*.js', 'tabs.css', 'doxygen.css', 'doxygen.svg', 'nav_*.png', 'tab_*.png', 'bc_s.png', 'bdwn.png',
            'closed.png', 'doc.png', 'folder*.png', 'open.png', 'splitbar*.png', 'sync_*.png']


FRAME = '''<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="stylesheet" href="style.css">
<script src="search-data.js" defer></script>
<script src="site.js" defer></script>
</head>
<body>
<header class="site">
<a class="name" href="index.html">mpi4cxx <small>{version}</small></a>
<a class="menu" href="#contents">Contents</a>
<div class="search"><input id="search" type="search" placeholder="Search: Split, hang, ERR_RANK …" aria-label="Search" autocomplete="off"><ul id="found"></ul></div>
</header>
<div class="columns">
<main>
{body}
{around}
</main>
<nav class="contents-of-site" id="contents" aria-label="Contents">
{contents}
</nav>
</div>
<footer class="site">mpi4cxx {version}, BSD 3-Clause</footer>
</body>
</html>
'''


class Names:
    """The names of the library and their places, as Doxygen's tag file has them."""

    def __init__(self, tags):
        self.places, self.members, self.constants, self.classes = {}, [], [], []
        for compound in xml.etree.ElementTree.parse(tags).getroot():
            kind, name, file = compound.get('kind'), compound.findtext('name'), compound.findtext('filename')
            if kind not in ('class', 'struct', 'namespace', 'concept'):
                continue
            name = re.sub(r'^mpi4cxx(::|$)', '', name)
            if kind != 'namespace':
                self.places.setdefault(name, file)
                self.classes.append((name, file))
            for member in compound.findall('member'):
                if member.get('protection') == 'private':
                    continue
                own, place = member.findtext('name'), f"{member.findtext('anchorfile')}#{member.findtext('anchor')}"
                full = f'{name}::{own}' if name else own
                if not member.findtext('anchor') or full in self.places:
                    continue
                self.places[full] = place
                if kind == 'namespace' and member.get('kind') in ('variable', 'enumvalue'):
                    self.constants.append((own, name, place))
                elif member.get('kind') != 'typedef' or kind == 'namespace':
                    self.members.append((own, name, place))

    def place(self, code, page=''):
        """The place of what is written as code, such as Comm::Split, Split(), MPI::Win::Allocate<double>(n, comm); None if it has none."""
        found = re.fullmatch(r'(?:MPI::|mpi4cxx::|std::move)?([A-Za-z_][\w:]*)(?:<[^()]*>)?(?:\(.*\))?', code)
        if not found:
            return None
        name = found[1]
        if name in self.places:
            return self.places[name]
        if '::' in name:
            owner, _, own = name.rpartition('::')       # of a base class
            return next((self.places[f'{base}::{own}'] for base in BASES.get(owner, []) if f'{base}::{own}' in self.places), None)
        here = re.match(r'classmpi4cxx_1_1(\w+)\.html', page)
        owners = ([here[1]] if here else []) + CLASSES
        return next((self.places[f'{owner}::{name}'] for owner in owners if f'{owner}::{name}' in self.places), None) if name[0].isupper() else None


BASES = {'Intracomm': ['Comm'], 'Intercomm': ['Comm'], 'Topocomm': ['Intracomm', 'Comm'], 'Cartcomm': ['Topocomm', 'Intracomm', 'Comm'],
         'Graphcomm': ['Topocomm', 'Intracomm', 'Comm'], 'Distgraphcomm': ['Topocomm', 'Intracomm', 'Comm'], 'Prequest': ['Request'], 'Grequest': ['Request']}


def contents_of(site, titles):
    """(heading, [(file, title)]) of the contents."""
    parts, listed = [], set()
    for line in (site / 'contents').read_text(encoding='utf-8').splitlines():
        if line.startswith('#') or not line.strip():
            continue
        if not line.startswith(' '):
            parts.append((line, []))
            continue
        name, _, title = line.strip().partition(' ')
        listed.add(name)
        parts[-1][1].append((name, title) if title else ('index.html' if name == 'index' else f'md_{name}.html', titles[name]))
    more = [(f'md_{name}.html', title) for name, title in sorted(titles.items()) if name not in listed]
    return parts + ([('More', more)] if more else [])


def contents_html(parts, current):
    out = []
    for heading, pages in parts:
        items = ''.join(f'<li><a href="{file}"{" aria-current=page" if file == current else ""}>{html.escape(title)}</a></li>' for file, title in pages)
        out.append(f'<h2>{heading}</h2>\n<ul>{items}</ul>')
    return '\n'.join(out)


def around_html(parts, current):
    order = [page for _, pages in parts for page in pages]
    at = next((i for i, (file, _) in enumerate(order) if file == current), None)
    if at is None:
        return ''
    before = f'<a rel="prev" href="{order[at - 1][0]}">← {html.escape(order[at - 1][1])}</a>' if at > 0 else '<span></span>'
    after = f'<a rel="next" href="{order[at + 1][0]}">{html.escape(order[at + 1][1])} →</a>' if at + 1 < len(order) else ''
    return f'<nav class="around" aria-label="Previous and next">{before}{after}</nav>'


def inherited(body):
    """The rows of inherited members, as a list of names for each base."""
    heads = re.findall(r'<tr class="inherit_header (\S+)"><td[^>]*>(?:<img[^>]*>|<span[^>]*>.*?</span>)?(?:&#160;)?(.*?)</td></tr>\n', body)
    body = re.sub(r'<tr class="inherit_header .*?</tr>\n', '', body)
    body = re.sub(r'<tr class="heading"><td colspan="2"><h2 class="groupheader"><a id="inherited"[^>]*></a>.*?</tr>\n', '', body, flags=re.DOTALL)
    lists = []
    for key, title in heads:
        names = {}
        for row in re.findall(rf'<tr class="memitem:\w+ inherit {re.escape(key)}"[^>]*>(.*?)</tr>', body, re.DOTALL):
            if found := re.search(r'class="mem(?:Templ)?ItemRight"[^>]*>(?:.*?)(<a class="el" href="[^"]*">([^<]+)</a>|<b>([^<]+)</b>)', row, re.DOTALL):
                names.setdefault(found[2] or found[3], found[1])
        if names:
            lists.append(f'<h3>{title}</h3>\n<p class="inherited">{" ".join(names.values())}</p>\n')
    body = re.sub(r'<tr class="(?:memitem|memdesc|separator):\w+ inherit .*?</tr>\n', '', body, flags=re.DOTALL)
    if lists:
        at = body.find('<a name="details"')
        body = body[:at] + f'<h2 class="groupheader" id="inherited">Inherited</h2>\n{"".join(lists)}' + body[at:] if at >= 0 else body + ''.join(lists)
    return body


def with_types(body, types):
    """The body, in whose signatures the types that the page of types explains lead there."""
    name = re.compile(r'\b(?<![:\w#"])(' + '|'.join(sorted(types)) + r')\b(?![^<]*</a>)')
    cell = r'(<td class="(?:memItem\w+|memTemplItem\w+|memname|paramtype)"[^>]*>)(.*?)(</td>)'
    return re.sub(cell, lambda match: match[1] + name.sub(r'<a href="md_reference.html#\1">\1</a>', match[2]) + match[3], body, flags=re.DOTALL)


def with_links(body, names, page):
    """The body, in which code that names a member leads to it."""
    def link(match):
        place = names.place(html.unescape(match[1]), page)
        return f'<a class="ref" href="{place}">{match[0]}</a>' if place and place.split('#')[0] != page else match[0]
    parts = re.split(r'(<a\b.*?</a>|<div class="fragment">.*?</div><!-- fragment -->|<div class="memproto">.*?</div><div class="memdoc">)', body, flags=re.DOTALL)
    return ''.join(re.sub(r'<code>([^<>]+)</code>', link, part) if i % 2 == 0 else part for i, part in enumerate(parts))


class Map:
    """The rows of the map of mpi4py: the anchor of each, and the names there of each member here."""

    def __init__(self, page):
        self.rows = {}
        for theirs, ours in re.findall(r'^\| `([\w.]+)` \| `([\w:]+)', page.read_text(encoding='utf-8'), re.MULTILINE):
            self.rows.setdefault(ours, []).append(theirs)

    def with_anchors(self, body):
        return re.sub(r'(<td class="markdownTableBody\w*">)<code>(\w+\.\w+)</code>', r'\1<code id="\2">\2</code>', body)

    def with_back_links(self, body, page, names):
        """The page of a class, in which each member leads to its row."""
        owner = re.match(r'(?:class|struct)mpi4cxx_1_1(\w+)\.html', page)
        if not owner:
            return body
        for key, place in names.places.items():
            file, _, fragment = place.partition('#')
            named, _, own = key.rpartition('::')
            rows = next((self.rows[row] for row in [key] + [f'{base}::{own}' for base in BASES.get(named, [])] if row in self.rows), [])
            if file == page and fragment and rows:
                links = ', '.join(f'<a href="md_mpi4py-map.html#{theirs}">{theirs}</a>' for theirs in rows)
                body = re.sub(rf'(<a id="{fragment}" name="{fragment}"></a>\n<h2 class="memtitle">.*?<div class="memdoc">)', rf'\1\n<p class="mpi4py">mpi4py: {links}</p>',
                              body, count=1, flags=re.DOTALL)
        return body


def index_of(entries, what):
    """A complete index: the names by their first letters."""
    letters = {}
    for name, owner, place in sorted(entries, key=lambda entry: (entry[0].lower(), entry[1])):
        letters.setdefault(name[0].upper() if name[0].isalpha() else '…', {}).setdefault(name, []).append((owner, place))
    jump = ' '.join(f'<a href="#{letter}">{letter}</a>' for letter in letters)
    out = [f'<h1>{what}</h1>\n<p class="letters">{jump}</p>']
    for letter, names in letters.items():
        out.append(f'<h2 id="{letter}">{letter}</h2>\n<ul class="index">')
        for name, owners in names.items():
            where = ', '.join(f'<a href="{place}">{html.escape(owner) or "mpi4cxx"}</a>' for owner, place in owners)
            out.append(f'<li><code>{html.escape(name)}</code> {where}</li>')
        out.append('</ul>')
    return '\n'.join(out)


def words(text):
    return html.unescape(re.sub(r'\s+', ' ', re.sub(r'<[^>]+>', '', text))).strip()


def vocabulary(text):
    """The different words of a text, each once."""
    return ' '.join(sorted({word for word in re.findall(r'[a-z][\w-]{2,}', words(text).lower()) if len(word) < 30}))


def body_of(text):
    """The heading and the contents of a page of Doxygen's, without what its frame and its scripts need."""
    body = re.search(r'<!-- @@ -->(.*)<!-- @@ -->', text, re.DOTALL)[1]
    body = re.sub(r'<!--(?! fragment).*?-->|<a class="anchor" id="md__[^"]*"></a>', '', body[max(body.find('<div class="header">'), 0):], flags=re.DOTALL).rstrip()
    while body.endswith('</div>') and body.count('</div>') > body.count('<div'):
        body = body[:-len('</div>')].rstrip()
    body = re.sub(r'<span class="permalink">.*?</span>|<span class="mlabel">inline</span>|<div class="summary">.*?</div>| onclick="[^"]*"| onmouse\w+="[^"]*"', '', body, flags=re.DOTALL)
    body = re.sub(r'(<div class="title">)(?:mpi4cxx::)?(.*?) (Class|Struct|Namespace|Concept)(?: Template)? Reference', r'\1\2 <small>\3</small>', body)
    body = re.sub(r'<a class="el" href="namespacempi4cxx.html"[^>]*>(\w+)</a>|(?<=&amp;)<a class="el" href="[^"]*">([a-z]\w*)</a>', r'\1\2', body)
    body = re.sub(r'<a class="code[^"]*" href="[^"]*">([a-z]\w*)</a>', r'\1', body)      # a variable, taken for a member
    body = re.sub(r'<div class="ttc".*?</div></div>', '', body, flags=re.DOTALL)      # tips that need Doxygen's scripts
    body = re.sub(r'&lt;tt&gt;(.*?)&lt;/tt&gt;', r'<code>\1</code>', body)     # of headings
    body = re.sub(r'<span class="tt">(.*?)</span>', r'<code>\1</code>', body)      # as Doxygen has written code since 1.10
    body = re.sub(r'(<a [^>]*>)([^<]*`[^<]*)(?=</a>)', lambda link: link[1] + re.sub('`([^`]+)`', r'<code>\1</code>', link[2]), body)     # of links
    body = body.replace('>More...</a>', '>more</a>')
    body = re.sub(r'<a href="doxygen_crawl.html" ?/?>(?:</a>)?|<a href="\w+-members.html">.*?</a>|<span id="arr_\w+" class="arrow"[^>]*>.*?</span>', '', body)
    return body


def headings(parts, bodies):
    """What the search finds besides names: pages, their headings with the words that follow, and what the front page says of them."""
    for heading, listed in parts:
        for file, title in listed:
            text, *sections = re.split(r'<h[123][^>]*><a[^>]* id="([^"]+)"[^>]*></a>\s*(.*?)</h[123]>', bodies[file][1], flags=re.DOTALL)
            yield [title, heading, file, vocabulary(text)]
            for anchor, name, text in zip(sections[::3], sections[1::3], sections[2::3]):
                yield [words(name), title, f'{file}#{anchor}', vocabulary(text)]
    for who, place in re.findall(r'<td[^>]*>([^<>]*)</td>\s*<td[^>]*><a class="el" href="([^"]+)"', bodies['index.html'][1]):
        yield [words(who), 'Start here', place]


def finish(folder, source, version):
    site = source / 'docs/site'
    names, mpi4py = Names(folder / 'mpi4cxx.tag'), Map(source / 'docs/mpi4py-map.md')
    for pattern in REPLACED:
        for path in folder.glob(pattern):
            path.unlink()
    shutil.rmtree(folder / 'search', ignore_errors=True)
    pages = sorted((source / 'docs').glob('*.md'))
    titles = {path.stem: re.match(r'# (.*)', path.read_text(encoding='utf-8'))[1].replace('`', '') for path in pages}
    parts = contents_of(site, titles)
    types = set(re.findall(r'^\| `(\w+)`', (source / 'docs/reference.md').read_text(encoding='utf-8'), re.MULTILINE)) - {name for name, _ in names.classes}
    found = [[own, owner or 'mpi4cxx', place] for own, owner, place in names.members + names.constants]
    found += [[name, 'class', place] for name, place in names.classes]
    bodies = {}
    for path in sorted(folder.glob('*.html')):
        text = path.read_text(encoding='utf-8')
        title = re.search(r'<!--title (.*?)-->', text)[1]
        body = with_types(inherited(body_of(text)), types)
        if path.name == 'md_reference.html':
            body = re.sub(rf'(<td class="markdownTableBody\w*">)<code>({"|".join(types)})</code>', r'\1<code id="\2">\2</code>', body)
        if path.name == 'md_mpi4py-map.html':
            body = mpi4py.with_anchors(body)
        body = mpi4py.with_back_links(with_links(body, names, path.name), path.name, names)
        bodies[path.name] = title, body
    bodies['members.html'] = 'Members', index_of(names.members, 'Members')
    bodies['constants.html'] = 'Constants', index_of(names.constants, 'Constants')
    for file, (title, body) in bodies.items():
        framed = FRAME.format(title=title, version=version, body=body, contents=contents_html(parts, file), around=around_html(parts, file))
        (folder / file).write_text(framed, encoding='utf-8')
    found += headings(parts, bodies)
    (folder / 'search-data.js').write_text(f'const ENTRIES = {json.dumps(found, ensure_ascii=False)};\n', encoding='utf-8')
    for name in ('site.js', 'style.css'):
        shutil.copy(site / name, folder / name)


def make(doxygen, doxyfile, source, folder, *settings):
    """Returns what Doxygen said, and whether it failed."""
    folder = pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    text = pathlib.Path(doxyfile).read_text(encoding='utf-8')
    config = '\n'.join([text, f'HTML_OUTPUT = "{folder}"', f'GENERATE_TAGFILE = "{folder}/mpi4cxx.tag"', *settings])
    folder.mkdir(parents=True)
    made = subprocess.run([doxygen, '-'], input=config, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding='utf-8', check=False)
    if made.returncode == 0:
        finish(folder, pathlib.Path(source), re.search(r'^PROJECT_NUMBER *= *(.*)$', text, re.MULTILINE)[1])
    return made


if __name__ == '__main__':
    result = make(*sys.argv[1:])
    sys.stdout.write(result.stdout)
    sys.exit(result.returncode)
