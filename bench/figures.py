# SPDX-License-Identifier: LGPL-2.1-or-later
"""Figures of several rounds, and the tables that show them.

A table of figures names each {figure: (title, format, scale)}; a run is a
dictionary of what one round has given, and of "kinds", see kinds_between."""

import json
import statistics

DRAW_COPY = '304'
# messages of the display channel, and the images they carry
KINDS = {'101': 'MODE', '102': 'MARK', '103': 'RESET', '104': 'COPY_BITS',
         '105': 'INVAL_LIST', '106': 'INVAL_ALL_PIXMAPS',
         '107': 'INVAL_PALETTE', '108': 'INVAL_ALL_PALETTES',
         '122': 'STREAM_CREATE', '123': 'STREAM_DATA', '124': 'STREAM_CLIP',
         '125': 'STREAM_DESTROY', '126': 'STREAM_DESTROY_ALL',
         '302': 'DRAW_FILL', '303': 'DRAW_OPAQUE', '304': 'DRAW_COPY',
         '305': 'DRAW_BLEND', '306': 'DRAW_BLACKNESS', '307': 'DRAW_WHITENESS',
         '308': 'DRAW_INVERS', '309': 'DRAW_ROP3', '310': 'DRAW_STROKE',
         '311': 'DRAW_TEXT', '312': 'DRAW_TRANSPARENT',
         '313': 'DRAW_ALPHA_BLEND', '314': 'SURFACE_CREATE',
         '315': 'SURFACE_DESTROY', '316': 'STREAM_DATA_SIZED',
         '317': 'MONITORS_CONFIG', '318': 'DRAW_COMPOSITE'}
IMAGES = {'0': 'plain', '1': 'QUIC', '100': 'LZ_PLT', '101': 'LZ', '102': 'GLZ',
          '103': 'FROM_CACHE', '104': 'SURFACE', '105': 'JPEG',
          '106': 'FROM_CACHE_LOSSLESS', '107': 'ZLIB_GLZ', '108': 'JPEG_ALPHA',
          '109': 'LZ4'}


def anonymous_bytes (pid):
    """What a process has in memory that is no file of the disk."""
    with open (f'/proc/{pid}/status', encoding='utf-8') as file:
        for line in file:
            if line.startswith ('RssAnon:'):
                return int (line.split ()[1]) * 1024
    return 0


def kinds_between (before, after):
    """What came: the kind, how many messages, how many bytes"""
    rows = []
    for kind, counts in after.items ():
        n, size = (a - b for a, b in
                   zip (counts, before.get (kind, (0, 0))))
        if n > 0:
            message, image = kind.split ('/')
            name = KINDS.get (message, message)
            if message == DRAW_COPY:
                name += ' ' + IMAGES.get (image, image)
            rows.append ((name, n, size))
    return rows


class Results:
    """(server, scene) → the rounds' figures."""

    def __init__ (self, figures):
        self.figures = figures
        self.runs = {}

    def add (self, key, run):
        self.runs.setdefault (key, []).append (run)

    def spread (self, key, figure):
        _, form, scale = self.figures[figure]
        values = [run[figure] * scale for run in self.runs[key]
                  if figure in run]
        if not values:
            return ''
        text = f'{statistics.median (values):{form}}'
        if min (values) == max (values):
            return text
        return f'{text} ({min (values):{form}}–{max (values):{form}})'

    def ratio (self, ours, reference, scene, figure):
        """The median of the rounds' ratios; None: it says nothing."""
        pairs = [(a[figure], b[figure]) for a, b in
                 zip (self.runs.get ((ours, scene), ()),
                      self.runs.get ((reference, scene), ()))
                 if figure in a and b.get (figure, 0) > 0]
        return statistics.median (a / b for a, b in pairs) if pairs else None


def print_rows (rows):
    widths = [max (map (len, column)) for column in zip (*rows)]
    rows.insert (1, ['-' * width for width in widths])
    for row in rows:
        print ('| ' + ' | '.join (cell.ljust (width) for cell, width
                                  in zip (row, widths)) + ' |')
    print ()


def print_figures (results):
    head = ['scene', 'server', *(title for title, _, _ in
                                 results.figures.values ())]
    print_rows ([head] + [
        [scene, name, *(results.spread ((name, scene), figure)
                        for figure in results.figures)]
        for name, scene in results.runs])


def print_kinds (results):
    """What the first round's bytes were."""
    rows = [['scene', 'server', 'message', 'number', 'kB']]
    for (name, scene), runs in results.runs.items ():
        rows += [[scene, name, kind, str (n), f'{size / 1e3:.1f}']
                 for kind, n, size in runs[0]['kinds']]
    print_rows (rows)


def goal_rows (results, ours, references, scene, goals):
    """Ours to each reference's, and whether that is at most the goal."""
    for figure, most in goals.items ():
        cells = []
        for reference in references:
            ratio = results.ratio (ours, reference, scene, figure)
            cells.append ('' if ratio is None else
                          f'{ratio:.2f} {"met" if ratio <= most else "missed"}')
        if any (cells):
            yield [scene, ours, results.figures[figure][0], f'{most:g}', *cells]


def write_json (results, path):
    with open (path, 'w', encoding='utf-8') as file:
        json.dump ([{'server': name, 'scene': scene, 'runs': runs}
                    for (name, scene), runs in results.runs.items ()], file)
