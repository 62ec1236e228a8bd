"""What tests/bench/compare has measured, as Markdown and as plots."""
import collections
import pathlib
import re
import statistics

import plot

here = pathlib.Path(__file__).resolve().parent

Sample = collections.namedtuple('Sample', 'ranks launch row peer repetition latency us')
names = {'mpich': 'MPICH', 'openmpi': 'Open MPI'}
# Below this latency of 8 bytes, in µs, the cores are near each other; Open MPI is the faster one. Above the other, somebody
# else had a core.
near = {'mpich': 0.35, 'openmpi': 0.25}
disturbed = 1.5

# What the names of a table's rows begin with, and on how many ranks they run.
groups = {
    'typed': (('Send ',), (2,)),
    'collective': (('Allreduce ', 'Allgatherv ', 'Bcast '), (2, 4)),
    'object': (('send ',), (2,)),
    'object collective': (('bcast ', 'gather ', 'allreduce '), (2, 4)),
    'rate': (('in flight ', 'Test ', 'to one '), (2, 4)),
    'window': (('Put ', 'Get ', 'Fetch_and_op ', 'Fence'), (2,)),
    'lock': (('Counter ', 'Mutex '), (2, 4)),
    'file': (('Write_at_all ', 'Read_at_all ', 'npy ', 'dump ', 'load '), (2,)),
}
libraries = ('mpi4cxx', 'mpi4cxx into', 'Boost.MPI', 'mpi4py', 'mpi4py pkl5')     # with a column of their own
others = ('raw datatype', 'raw fresh', 'raw, huge pages', 'mpi4cxx, huge pages', 'mpi4cxx typed', 'Boost.MPI datatype', 'Boost.MPI into', 'numpy')


def row_prefixes(group):
    """What the names of the rows of a group begin with."""
    return groups[group][0] if group in groups else (group,)


def makes_sense(row, peer):
    """Whether a peer has this row; only asked of rows whose peers run alone, which are vectors."""
    return 'datatype' not in peer and 'typed' not in peer and (row.startswith('send') or peer in ('raw again', 'mpi4cxx', 'Boost.MPI'))


def significant(number):
    return f'{number:.3g}' if abs(number) < 999.5 else f'{number:,.0f}'.replace(',', '\u202f')


# Timings ----------------------------------------------------------------------------------------------------------------

def regime(mpi, sample):
    # Of more ranks than cores, the latency is the scheduler's. That of messages plays no part in files.
    if sample.ranks > 2 or sample.row.startswith(row_prefixes('file')):
        return ''
    return 'disturbed' if sample.latency > disturbed else 'near' if sample.latency < near[mpi] else 'far'


class Figures:
    """Medians of one MPI's samples: µs and ratio to raw, of (ranks, regime, row, peer)."""

    def __init__(self, mpi, results):
        self.order = results.get('rows', [])
        samples = [Sample(*sample) for sample in results.get(mpi, {}).get('timings', [])]
        samples = [sample for sample in samples if sample.row in self.order]
        self.us, self.ratio, self.samples = {}, {}, collections.Counter()
        times, ratios, raw = (collections.defaultdict(list) for _ in range(3))
        turns = collections.defaultdict(dict)
        for sample in samples:
            turns[sample.launch, sample.row, sample.repetition][sample.peer] = sample
        for turn in turns.values():
            for sample in turn.values():
                key = sample.ranks, regime(mpi, sample), sample.row
                times[*key, sample.peer].append(sample.us)
                if sample.peer == 'raw':
                    self.samples[key] += 1
                elif 'raw' in turn:
                    ratios[*key, sample.peer].append(sample.us / turn['raw'].us)
        self.us = {key: statistics.median(values) for key, values in times.items()}
        for key, us in self.us.items():
            if key in ratios:       # in one process with raw
                self.ratio[key] = statistics.median(ratios[key])
            elif (*key[:3], 'raw') in self.us:
                self.ratio[key] = us / self.us[*key[:3], 'raw']
        self.spread = {key: statistics.quantiles(values, n=4, method='inclusive') if len(values) > 1 else values * 3 for key, values in ratios.items()}

    def regimes(self, ranks, prefixes):
        return [name for name in ('near', 'far', '') if self.rows(ranks, name, prefixes)]

    def rows(self, ranks, name, prefixes):
        def enough(row):    # a few samples in the other regime say nothing
            return self.samples[ranks, name, row] * 4 >= sum(self.samples[ranks, other, row] for other in ('near', 'far', ''))

        rows = [key[2] for key in self.samples if key[:2] == (ranks, name) and key[2].startswith(prefixes)]
        return [row for row in sorted(rows, key=self.order.index) if enough(row)]


def cell(figures, key, best):
    if key not in figures.us:
        return ''
    ratio = f' ×{significant(figures.ratio[key])}' if key in figures.ratio else ''
    text = significant(figures.us[key]) + ratio
    return f'**{text}**' if key[-1] == best else text


def timing_table(figures, ranks, name, prefixes):
    rows = figures.rows(ranks, name, prefixes)
    present = {key[3] for key in figures.us if key[:2] == (ranks, name) and key[2] in rows}
    columns = [peer for peer in libraries if peer in present]
    lines = [['', 'raw', 'raw again', *columns]]
    has_others = bool(present.intersection(others))
    if has_others:
        lines[0].append('others')
    for row in rows:
        key = ranks, name, row
        timed = {peer: figures.us[*key, peer] for peer in columns if (*key, peer) in figures.us}
        best = min(timed, key=timed.get) if len(timed) > 1 else None
        low, _, high = figures.spread.get((*key, 'raw again'), (0, 0, 0))
        line = [row, significant(figures.us[*key, 'raw']), f'×{low:.2f}–{high:.2f}' if high else '',
                *(cell(figures, (*key, peer), best) for peer in columns)]
        if has_others:
            line.append(', '.join(f'{peer} {cell(figures, (*key, peer), None)}' for peer in others if (*key, peer) in figures.us))
        lines.append(line)
    return table(lines)


def timing_tables(results, group):
    prefixes, all_ranks = groups[group]
    text = []
    for mpi in names:
        figures = Figures(mpi, results)
        for ranks in all_ranks:
            for name in figures.regimes(ranks, prefixes):
                where = f'{names[mpi]}, {ranks} ranks' + (f', {name}' if name else '')
                option = f"'{group}'" if ' ' in group else group
                text += [f'{where}, µs: `tests/bench/compare --mpi {mpi} --part timings --group {option}`\n', timing_table(figures, ranks, name, prefixes), '']
    return '\n'.join(text)


def share_tables(results):
    text = []
    for mpi in names:
        ways = collections.defaultdict(list)
        for mebibytes, ranks, way, _, *figures in results.get(mpi, {}).get('share', []):
            ways[way].append(figures)
        if not ways:
            continue
        medians = {way: [statistics.median(column) for column in zip(*figures)] for way, figures in ways.items()}
        lines = [['', *ways]]
        for i, title in enumerate(('all have it, ms', 'all have read it, ms', 'memory of all together, MiB')):
            lines.append([title, *(f'{significant(figures[i])} ×{significant(figures[i] / medians["MPI_Bcast"][i])}' for figures in medians.values())])
        text += [f'{names[mpi]}, {ranks} ranks, {mebibytes} MiB: `tests/bench/compare --mpi {mpi} --part share`\n', table(lines), '']
    return '\n'.join(text)


def table(lines):
    head, *body = ['| ' + ' | '.join(line) + ' |' for line in lines]
    return '\n'.join([head, '|---' * len(lines[0]) + '|', *body])


# Counts and compile times -----------------------------------------------------------------------------------------------

def count_tables(results):
    text = []
    for mpi in names:
        counts = results.get(mpi, {}).get('counts', [])
        if not counts:
            continue
        peers = list(dict.fromkeys(peer for _, peer, _, _ in counts))
        found = {(row, peer): f'{instructions:,.0f}'.replace(',', '\u202f') + f', {significant(allocations)}' for row, peer, instructions, allocations in counts}
        lines = [['', *peers]] + [[row, *(found.get((row, peer), '') for peer in peers)] for row in dict.fromkeys(row for row, *_ in counts)]
        text += [f'{names[mpi]}, instructions and allocations: `tests/bench/compare --mpi {mpi} --part counts`\n', table(lines), '']
    return '\n'.join(text)


def compile_tables(results):
    text = []
    for mpi in names:
        times = collections.defaultdict(list)
        for program, library, seconds in results.get(mpi, {}).get('compile', []):
            times[program, library].append(seconds)
        if not times:
            continue
        columns = {'raw': 'C', 'mpi4cxx': 'mpi4cxx', 'boost': 'Boost.MPI'}
        columns = {library: column for library, column in columns.items() if any(key[1] == library for key in times)}
        lines = [['', *columns.values()]]
        for program in sorted({key[0] for key in times}, reverse=True):
            lines.append([program, *(f'{statistics.median(times[program, library]):.2f}' for library in columns)])
        text += [f'{names[mpi]}, seconds of CPU: `tests/bench/compare --mpi {mpi} --part compile`\n', table(lines), '']
    return '\n'.join(text)


# The page ---------------------------------------------------------------------------------------------------------------

def sections(results):
    machine = results.get('machine', {})
    versions = ', '.join(f'{name} {version}' for name, version in machine.get('versions', {}).items())
    return {
        'machine': f"{machine['processor']}, {machine['compiler']}, {versions}." if machine else '',
        **{group: timing_tables(results, group) for group in groups},
        'share': share_tables(results),
        'counts': count_tables(results),
        'compile': compile_tables(results),
        'growth': results.get('growth', ''),
        'plots': '\n'.join(f'![{alt}]({file})' for file, alt, _ in plots(results)),
    }


def tables(results):
    return '\n'.join(text for name, text in sections(results).items() if text and name != 'plots')


def plots(results):
    """File, description and content of each plot, of the regime that most samples were in."""
    for file, which in (('objects', ('object', 'object collective')), ('typed', ('typed', 'collective'))):
        prefixes = sum((groups[group][0] for group in which), ())
        for mpi in names:
            figures = Figures(mpi, results)
            found = figures.regimes(2, prefixes)
            if not found:
                continue
            most = max(found, key=lambda name: sum(n for key, n in figures.samples.items() if key[:2] == (2, name)))
            rows = {row: most for row in figures.rows(2, most, prefixes)}
            for name in found:      # a row that the machine was in the other regime for says so
                rows = {row: name for row in figures.rows(2, name, prefixes)} | rows
            bars = [(row if name == most else f'{row} ({name})',
                     {peer: figures.ratio[2, name, row, peer] for peer in libraries if (2, name, row, peer) in figures.ratio})
                    for row, name in sorted(rows.items(), key=lambda item: figures.order.index(item[0]))]
            title = f'{names[mpi]}, 2 ranks, {most}: time as a multiple of raw C'
            yield f'performance-{file}-{mpi}.svg', title, plot.bars(title, bars, libraries)


def write(results, folder):
    """Writes the page. A section of which nothing has been measured stays as it is."""
    page = folder / 'performance.md'
    found = dict(re.findall(r'^<!-- measured: (.+?) -->\n(.*?)\n<!-- end -->$', page.read_text(), flags=re.MULTILINE | re.DOTALL))
    found |= {name: text.rstrip() for name, text in sections(results).items() if text}
    page.write_text(re.sub(r'^@(.+)@$', lambda match: f'<!-- measured: {match[1]} -->\n{found.get(match[1], "")}\n<!-- end -->',
                           (here / 'performance.md.in').read_text(), flags=re.MULTILINE))
    for file, _, content in plots(results):
        (folder / file).write_text(content)
