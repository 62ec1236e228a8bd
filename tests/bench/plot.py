"""Bars and lines on logarithmic scales, as SVG."""
import html
import math

colours = ('#1f5fa8', '#7fb2e5', '#d97925', '#4f9d4f', '#a9d3a0')
left, width, right = 170, 470, 60     # labels, scale, figures
bar, gap, top = 10, 9, 62


def text(x, y, words, **attributes):
    given = ''.join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:.1f}" y="{y:.1f}"{given}>{html.escape(words)}</text>'


def bars(title, rows, peers):
    """`rows` are pairs of a name and the peers' ratios; those below 1 point to the left."""
    ratios = [ratio for _, found in rows for ratio in found.values()]
    lowest = min(0.8, *ratios) * 0.95
    highest = max(1.6, *ratios) * 1.05

    def x(ratio):
        return left + width * math.log(ratio / lowest) / math.log(highest / lowest)

    present = [peer for peer in peers if any(peer in found for _, found in rows)]
    colour = dict(zip(peers, colours))
    body, y = [], top
    for name, found in rows:
        shown = [peer for peer in present if peer in found]
        if not shown:
            continue
        body.append(text(left - 8, y + bar * len(shown) / 2 + 4, name, text_anchor='end'))
        for peer in shown:
            start, end = sorted((x(1), x(found[peer])))
            body.append(f'<rect x="{start:.1f}" y="{y}" width="{max(end - start, 1):.1f}" height="{bar - 1}" fill="{colour[peer]}"/>')
            body.append(text(end + 4, y + bar - 2, f'{found[peer]:.3g}', font_size='9', fill='#444'))
            y += bar
        y += gap
    ticks = [tick for tick in (0.25, 0.5, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10, 20, 50, 100) if lowest <= tick <= highest]
    grid, labelled = [], []
    for tick in sorted(ticks, key=lambda tick: (tick not in (1, 2, 5, 10, 20, 50), tick)):      # these are labelled first
        grid.append(f'<line x1="{x(tick):.1f}" y1="{top - 6}" x2="{x(tick):.1f}" y2="{y}" stroke="{"#333" if tick == 1 else "#ddd"}"/>')
        if all(abs(x(tick) - x(other)) > 36 for other in labelled):
            labelled.append(tick)
            grid.append(text(x(tick), top - 10, f'×{tick:g}', text_anchor='middle', fill='#444'))
    legend, at = [], left
    for peer in present:
        legend.append(f'<rect x="{at}" y="28" width="10" height="10" fill="{colour[peer]}"/>')
        legend.append(text(at + 14, 37, peer))
        at += 30 + 7 * len(peer)
    return '\n'.join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + right}" height="{y + 6}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>', text(10, 18, title, font_size='14', font_weight='bold'), *legend, *grid, *body, '</svg>', ''])


def lines(title, rows):
    """Of each name, two dictionaries of figures by numbers, the first as a line and the second dashed. Both scales are logarithmic."""
    points = [(x, y) for found in rows.values() for figures in found for x, y in figures.items() if y > 0]
    xs, ys = sorted({x for x, _ in points}), [y for _, y in points]
    lowest, highest, height, start, names = min(ys), max(ys), 300, 90, 80

    def at(x):
        return start + width * math.log(x / xs[0]) / math.log(xs[-1] / xs[0])

    def up(y):
        return top + height * (1 - math.log(y / lowest) / math.log(highest / lowest))

    body = [text(at(x), top + height + 20, str(x), text_anchor='middle', fill='#444') for x in xs]
    for power in range(math.ceil(math.log10(lowest)), math.floor(math.log10(highest)) + 1):
        y = up(10**power)
        body.append(f'<line x1="{start}" y1="{y:.1f}" x2="{start + width}" y2="{y:.1f}" stroke="#ddd"/>')
        body.append(text(start - 8, y + 4, f'{10**power:,}'.replace(',', '\u202f'), text_anchor='end', fill='#444'))
    labelled = []
    for colour, (name, found) in zip(colours, rows.items()):
        for figures, dash in zip(found, ('', ' stroke-dasharray="5 4"')):
            path = ' '.join(f'{at(x):.1f},{up(y):.1f}' for x, y in sorted(figures.items()) if y > 0)
            if path:
                body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        y = up(found[0][xs[-1]])
        while any(abs(y - other) < 13 for other in labelled):
            y -= 1
        labelled.append(y)
        body.append(text(start + width + 8, y + 4, name, fill=colour))
    return '\n'.join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{start + width + names}" height="{top + height + 32}" font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>', text(10, 18, title, font_size='14', font_weight='bold'), *body, '</svg>', ''])
