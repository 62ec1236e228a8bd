"""Checks the links of the pages as they lie in the repository: that files are there, and headings; and that the site's contents name each page.

usage: links.py SOURCE_ROOT
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(sys.argv[1], 'docs/site')))
from filter import slug  # noqa: E402, pylint: disable=wrong-import-position

root = pathlib.Path(sys.argv[1]).resolve()
pages = [root / 'README.md', *sorted((root / 'docs').glob('**/*.md'))]
LINK = re.compile(r'!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)')


def prose(page):
    """The page without its blocks of code."""
    return re.sub(r'^```.*?^```$', '', page.read_text(encoding='utf-8'), flags=re.MULTILINE | re.DOTALL)


anchors = {page: {slug(heading) for heading in re.findall(r'^#+ (.*)$', prose(page), re.MULTILINE)} for page in pages}
problems, linked = [], {root / 'README.md', root / 'docs/index.md'}
for page in pages:
    name = page.relative_to(root)
    for target in LINK.findall(re.sub(r'`[^`]*`', '', prose(page))):
        if re.match(r'https?://', target):
            continue
        file, _, fragment = target.partition('#')
        where = (page.parent / file).resolve() if file else page
        linked.add(where)
        if not where.exists():
            problems.append(f'{name}: there is no {target}')
        elif not where.is_relative_to(root):
            problems.append(f'{name}: {target} is not in the repository')
        elif fragment and fragment not in anchors.get(where, set()):
            problems.append(f'{name}: {file or "the page itself"} has no heading #{fragment}')
problems += [f'no page leads to {page.relative_to(root)}' for page in pages if page not in linked]
listed = (root / 'docs/site/contents').read_text(encoding='utf-8').split()
problems += [f'docs/site/contents does not list {page.stem}' for page in pages[1:] if page.stem not in listed]
sys.exit('\n'.join(problems) or 0)
