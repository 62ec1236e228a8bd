"""What Doxygen reads in place of a header or a page: filter.py SOURCE_ROOT FILE

Headers are written for people who read them, with less ceremony than Doxygen wants:

* Overloads that follow one another share the sentence of the first, and so do map, map_async and imap.
* A comment with // before declarations is the sentence of all of them, up to an empty line or a sentence of their own.
* A constructor without a sentence has that of its class, what is in a struct that of the struct, and a function that only calls
  another refers to it.
* The words that every handle has, and what specialises a template, are documented once.
* Such a comment with an empty line after it is for the rest of its part of the class.
* A line "// Heading ------" begins a group of members.
* Special members and what is protected are for readers of the header, and so is the place of the call, `At at = {}`.
* A class has the public members of its bases in `detail`, whose names are nobody's business.
* notes.py adds an example and what is thrown.

Pages are Markdown as it is read in a repository: headings are anchors, links lead to files, and a picture is a line of its own.
"""
import html
import pathlib
import re
import sys

from notes import Notes

HEADING = re.compile(r'//\s*(.+?)\s*-{5,}$')
SCOPE = re.compile(r'(?:template\s*<.*>\s*)?(?:inline\s+)?(namespace|class|struct|union)\b(?!.*\benum\b)', re.DOTALL)
NAME = re.compile(r'(operator\s*(?:\(\)|[^\s(]+)|~?\w+)\s*(?:\[[^\]]*\]\s*)?(?:\(|\{|=|;|$)')
SPECIAL = re.compile(r'(?:constexpr\s+|explicit\s+)*(\w+)(?:& operator=)?\((?:|(?:const )?\1&&?(?: \w+)?)\)|using [\w:]+::\w+;')

WORDS = {
    'take': 'Own a raw handle from now on.',
    'borrow': 'Use a raw handle that somebody else frees.',
    'handle': 'The raw MPI handle.',
    'release': 'Give up the raw handle to the caller, who frees it.',
    'is_null': 'Tell whether there is no MPI object behind this.',
    'operator bool': 'Tell whether there is an MPI object behind this.',
    'is_in_place': 'Tell whether this is IN_PLACE.',
    'f2c': "Make it of Fortran's handle, which somebody else frees.",
    'data': 'Where the elements lie.',
    'size': 'How many elements there are.',
    'begin': 'Of the elements as a range.',
    'end': 'Of the elements as a range.',
    'raw_type': "MPI's own type of the handle.",
}


def comment_or_string(text, at):
    """Where what begins at `at` ends, if it is a comment or a literal."""
    if text.startswith('//', at):
        return text.index('\n', at)
    if text.startswith('/*', at):
        return text.index('*/', at) + 2
    if text[at] in '"\'' and not (text[at] == "'" and text[at - 1].isdigit()):
        end = at + 1
        while text[end] != text[at]:
            end += 2 if text[end] == '\\' else 1
        return end + 1
    return None


def declarations(text):
    """(begin, end, is_scope_end) of every declaration in a namespace or class, in order; of a scope, its head."""
    depth, begin, at, scopes = 0, None, 0, []
    while at < len(text):
        skipped = comment_or_string(text, at)
        if skipped is not None:
            at = skipped
            continue
        char = text[at]
        if begin is None and (char.isspace() or char in ';'):
            at += 1
            continue
        if begin is None and char == '#':
            at = text.index('\n', at)
            continue
        if begin is None and char == '}' and depth == 0:
            yield at, at + 1, 'end'
            at += 1
            scopes.pop()
            continue
        access = re.compile(r'(public|protected|private):').match(text, at) if begin is None else None
        if access:
            yield at, access.end(), 'access'
            at = access.end()
            continue
        if begin is None:
            begin = at
        if char == '{' and depth == 0 and SCOPE.match(text[begin:at]) and '(' not in re.sub(r'__attribute__.*|\[\[.*?\]\]', '', text[begin:at]):
            yield begin, at, 'scope'
            scopes.append(begin)
            begin = None
        elif char in '{(':
            depth += 1
        elif char in '})':
            depth -= 1
            rest = text[at + 1:].lstrip()
            if char == '}' and depth == 0 and not rest.startswith((',', '{', ';', ')')) and not rest.startswith(':'):
                yield begin, at + 1, 'member'
                begin = None
        elif char == ';' and depth == 0:
            yield begin, at + 1, 'member'
            begin = None
        at += 1


def own_name(declaration):
    declaration = re.sub(r'^\s*template\s*<(?:[^<>]|<[^<>]*>)*>\s*', '', declaration)
    declaration = re.sub(r'^\s*requires\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)', '', declaration)
    declaration = re.sub(r'\bdecltype\([^()]*\)', '', declaration)
    declaration = re.sub(r'\[\[.*?\]\]|MPI4CXX_API|\bexplicit\b(?:\([^()]*\))?|<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>', '', declaration)
    found = NAME.search(declaration)
    return found[1] if found else declaration


def comment_before(text, begin):
    """The comment directly above, and whether declarations without an empty line lie between."""
    lines = text[:begin].rstrip(' ').splitlines()
    comment = []
    while lines and lines[-1].strip().startswith('//'):
        comment.insert(0, lines.pop().strip())
    return comment


def sentence_for(name, flat, scope, scope_sentence, is_struct):
    """What stands for the sentence of a declaration that has none; None if it is nobody's business."""
    if name in WORDS and '{ return Get_' not in flat and 'detail::' not in flat.split('{')[0]:
        return ['/// ' + WORDS[name]]
    if name.endswith('_NULL'):
        return ['/// The null handle.']
    if re.search(r'\((?:\w*Archive|detail::(?:Packing|Unpacking))&', flat):
        return None         # a hook of cereal's
    same = re.search(r'\{ (?:return )?(?=[A-Z]|\w+\([^()]*\)\.|\w+\((?:at)?\); )(\w+)\([^()]*\)(\.\w+)?(\(\))?; \}$', flat)
    if same and same[1] != scope:
        return [f'/// {"Part of what" if same[2] else "The same as"} {same[1]}(){" returns" if same[2] else ""}.']
    attribute = re.search(r'\{ return [^;{}]*\bGet_attr\((\w+), at\)[^;{}]*; \}$', flat)
    if attribute:
        return [f'/// Return the attribute {attribute[1]}.']
    if name.startswith('operator') or re.match(r'using (\w+_type|\w+_category|pointer|reference) =', flat):
        return None
    if scope and (name == scope or is_struct) and scope_sentence and not re.search(r'[(:]detail::(?!Integers)', flat.split(' : ')[0].split(') {')[0]):
        return scope_sentence
    if re.search(r'\bdetail::', flat.split('{')[0]):
        return None
    return []


def twin(name, section):
    """The first sentence of a nonblocking or persistent twin, of which the header says together what is true of all."""
    nonblocking, persistent = re.fullmatch(r'I([a-z]\w+)', name), re.fullmatch(r'(\w+)_init', name)
    chapter = re.search(r'MPI-4.0, [\d.]+', ' '.join(section))
    where = f' ({chapter[0]})' if chapter else ''
    if not section or not (nonblocking or persistent):
        return []
    what = f'Start {a_or_an(nonblocking[1].capitalize())}' if nonblocking else f'Make a persistent {persistent[1]}'
    return [f'/// {what}. Calls MPI_{name}{where}.']


def a_or_an(name):
    return f'an {name}' if name[0] in 'AEIOU' else f'a {name}'


def with_bases(text, folder):
    """The text, where each class has what it inherits from a class in `detail` that is written once for several."""
    base = re.compile(r'(class MPI4CXX_API (\w+)(?: final)? :\s*public )detail::(\w+)<\w+, (\w+(?:<\w+>)?)>((?:[^{]|\{\})*\{\npublic:\n)')
    while found := base.search(text):
        head, name, mixin, rest, opening = found.groups()
        body, above = public_part(folder, mixin)
        body = re.sub(rf'^.*\b{mixin}\(\) noexcept = default;\n', '', body, flags=re.MULTILINE)
        if name == 'Comm':      # which is not made from itself
            body = re.sub(rf'(?:^ *///.*\n)*^ *explicit {mixin}\(.*\n', '', body, flags=re.MULTILINE)
        body = body.replace(' requires(!std::is_same_v<Class, Comm>)', '')
        body = re.sub(r'\bClass\b', name, re.sub(rf'\b{mixin}\b', name, body))
        text = text[:found.start()] + head + (f'detail::{above}<{name}, {rest}>' if above else rest) + opening + body + '\n' + text[found.end():]
    return text


def public_part(folder, mixin):
    """What the class of `detail` lets everybody call, and the class of `detail` that it derives from."""
    for path in folder.rglob('*_methods.hpp'):
        if found := re.search(rf'class {mixin} : public (?:(\w+)<Class, )?Base>? \{{\npublic:\n(.*?)^protected:', path.read_text(encoding='utf-8'), re.MULTILINE | re.DOTALL):
            return found[2], found[1]
    sys.exit(f'there is no class {mixin}')


def header(text, notes):
    text = re.sub(r',\s*At at = \{\}', '', text).replace('(At at = {})', '()')
    text = re.sub(r'^protected:', 'private:', text, flags=re.MULTILINE)
    text = re.sub(r'\benum [^;{}()]*\{[^{}]*\}', lambda match: re.sub(r'^( +\w+ = (MPI_\w+),)$', r'\1  ///< \2', match[0], flags=re.MULTILINE), text)
    inserted = []       # (position, text)
    several = []        # (begin, end) of the fields but the first of a declaration
    scopes = []         # (name of the class or '', its sentence, whether it is a specialisation, whether a struct)
    hidden = {}         # depth of a class whose private part has begun: True
    sentence, section, previous, group_open, last_end = [], [], None, False, 0

    def insert(position, what):
        inserted.append((position, what))

    for begin, end, kind in declarations(text):
        between = re.sub(r'\A[ \t]*//.*', lambda match: ' ' * len(match[0]), text[last_end:begin])     # a comment behind the one before
        if kind in ('end', 'access') and group_open:
            insert(begin, '///@}\n')
            group_open = False
        for line in re.finditer(r'^[ \t]*(//[^/\n].*)$', between, re.MULTILINE):
            heading = HEADING.match(line[1])
            section = []
            if heading:
                close = '///@}\n' if group_open else ''
                insert(last_end + line.end(), f'\n{close}/// @name {heading[1]}\n///@{{\n')
                group_open = True
        apart = re.findall(r'((?:^[ \t]*//[^/\n].*\n)+)[ \t]*\n', between, re.MULTILINE)
        if apart and not HEADING.search(apart[-1].strip()):
            section = apart[-1].split('\n')[:-1]
            section = [line.strip() for line in section]
        elif kind in ('end', 'access'):
            section = []
        if kind in ('end', 'access') and scopes and hidden.get(len(scopes)):
            insert(begin, '/// @endcond\n')
            hidden[len(scopes)] = False
        if kind == 'access' and text[begin:end] == 'private:' and not any(hidden.values()) and not any(each[2] and not each[1] for each in scopes):
            insert(end, '\n/// @cond\n')
            hidden[len(scopes)] = True
        last_end = end
        declaration, comment = text[begin:end], comment_before(text, begin)
        flat = ' '.join(declaration.split())
        if comment and HEADING.match(comment[-1]):
            comment = []
        if kind != 'member':
            sentence, previous = [], None
            if kind == 'scope':
                found = re.search(r'\b(?:class|struct)\s+(?:MPI4CXX_API\s+)?(\w+)(<)?', re.sub(r'^template\s*<.*?>\s*(?=requires|class|struct)|\[\[.*?\]\] ?', '', flat))
                is_special = bool(found and (found[2] or found[1] == 'iterator'))
                scopes.append((found[1] if found else '', comment, is_special, 'struct' in flat.split(found[1])[0] if found else False))
                if is_special and not comment and not any(hidden.values()):
                    insert(begin, '/// @cond\n')
            elif kind == 'end':
                _, scope_sentence, is_special, _ = scopes.pop()
                if is_special and not scope_sentence and not any(hidden.values()):
                    insert(end + 1, '\n/// @endcond\n')
            continue
        scope, scope_sentence, is_special, is_struct = scopes[-1] if scopes else ('', [], False, False)
        if is_special and not scope_sentence or any(hidden.values()):
            continue
        name = own_name(declaration)
        bare = re.sub(r'\[\[.*?\]\] ?', '', flat)
        if (SPECIAL.match(bare) or 'take_a_const_reference' in bare) and not comment:
            insert(begin, '/// @cond\n')
            insert(end, '\n/// @endcond\n')
            continue
        if comment:
            sentence = comment
            if not comment[0].startswith('///'):
                insert(begin, as_sentence(comment))
                insert(begin, notes.on(scope, own_name(declaration), comment))
                name = None         # for whatever follows
            else:
                insert(begin, notes.on(scope, name, comment))
            if name == scope and re.search(r'\b\w+\(\)', flat):
                sentence = []       # what is true of nothing is not true of the constructors that follow
        elif sentence and not re.search(r'\n[ \t]*\n', between) and (previous is None or name.removeprefix('i').startswith(previous.removeprefix('i'))):
            insert(begin, as_sentence(sentence) + notes.on(scope, name, sentence))
            name = previous
        else:
            sentence = sentence_for(name, flat, scope, scope_sentence, is_struct)
            if sentence == []:
                sentence = twin(name, section) + section
            if sentence is None:
                insert(begin, '/// @cond\n')
                insert(end, '\n/// @endcond\n')
            elif sentence:
                insert(begin, as_sentence(sentence) + notes.on(scope, name, sentence))
                fields = re.match(r'([\w:<>]+) \w+(?: = \w+)?((?:, \w+(?: = \w+)?)+);$', flat)
                if fields:      # each wants a sentence before it
                    insert(end, '\n'.join(f'\n{as_sentence(sentence)}{fields[1]} {field};' for field in fields[2][2:].split(', ')))
                    several.append((begin + declaration.index(','), end - 1))
            sentence = sentence or []
        previous = name
    changes = [(position, position, what) for position, what in inserted] + [(begin, end, '') for begin, end in several]
    for begin, end, what in sorted(changes, key=lambda change: change[0])[::-1]:
        text = text[:begin] + what + text[end:]
    return re.sub(r'(?<!mpi4cxx::)(?<!futures::)\bdetail::', '', text)


def as_sentence(comment):
    return ''.join('/// ' + line.lstrip('/').strip() + '\n' for line in comment)


def slug(heading):
    """The anchor that a heading has where the repository is read."""
    return re.sub(r'\s', '-', re.sub(r'[^\w\s-]', '', re.sub(r'[`*]', '', heading).strip().lower()))


def anchor(page, fragment):
    return f'{page}_{fragment}' if fragment else f'md_{page}'


def page(path, text):
    out, fenced = [], False
    for line in text.splitlines():
        if line.startswith('```'):
            fenced = not fenced
        heading = None if fenced else re.match(r'(#+) (.*)', line)
        if heading:
            line += f' {{#{anchor(path.stem, "" if len(heading[1]) == 1 else slug(heading[2]))}}}'
        elif not fenced and re.match(r'!\[', line):
            line = re.sub(r'!\[(.*)\]\((\S+)\)$', picture, line)
        elif not fenced and not re.match(r'<!-- from .* -->$', line):
            line = re.sub(r'(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)', lambda match: link(path, *match.groups()), line)
            line = re.sub('`+[^`]+`+', lambda match: f'`{match[0]}`' if "'" in match[0] and '``' not in match[0] else match[0], line)    # a quote ends `code`
        elif not fenced:
            continue        # where the lines below come from is for a test
        out.append(line)
    return '\n'.join(out) + '\n'


def picture(match):
    """As an <img>: what Doxygen makes of an SVG does not shrink with the window."""
    alt, file = map(html.escape, match.groups())
    return (f'\\htmlonly <div class="image"><a href="{file}"><img src="{file}" alt="{alt}"/></a><div class="caption">{alt}</div></div> '
            '\\endhtmlonly')


def link(path, text, target):
    if re.match(r'\w+:', target):
        return f'[{text}]({target})'
    file, _, fragment = target.partition('#')
    where = pathlib.PurePosixPath(file)
    if not file or (where.suffix == '.md' and '..' not in where.parts):
        return f'[{text}](#{anchor(where.stem if file else path.stem, fragment)})'
    if where.parent.name == 'examples':
        return f'[{text}](@ref {where.name})' if where.suffix else f'[{text}](@ref all_examples)'
    return text             # a file that the site does not have


def main():
    root, path = map(pathlib.Path, sys.argv[1:])
    text = path.read_text(encoding='utf-8').replace('namespace MPI4CXX', 'namespace mpi4cxx')  # the macro adds an inline namespace
    sys.stdout.reconfigure(encoding='utf-8')
    if path.suffix == '.hpp':
        text = header(with_bases(text, root / 'include/mpi4cxx/detail'), Notes(root / 'examples'))
    sys.stdout.write(page(path, text) if path.suffix == '.md' else text)


if __name__ == '__main__':
    main()
