# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recordings: the pictures they end on, their commands for the pointer."""

import collections
import lzma
import os
import re

import numpy
import PIL.Image

from server import ROOT

# of guest-xorg-render the picture without the reference's fault
PICTURES = {'guest-xorg-render': 'guest-xorg-render.identity'}
SET, MOVE, HIDE, TRAIL = range (4)
# of a SET: everything; of a MOVE: kind, x, y
PointerCommand = collections.namedtuple (
    'PointerCommand', 'kind x y visible type width height hot data',
    defaults=(0, 0, 0, 0, 0, 0, None, b''))


class _Text:
    """Words of a recording, from the place a command begins at."""

    def __init__ (self, data, at):
        self.data, self.at = data, at

    def line (self):
        end = self.data.index (b'\n', self.at)
        words = self.data[self.at:end].split ()
        self.at = end + 1
        return words

    def number (self):
        return int (self.line ()[-1])

    def point (self):
        return tuple (int (word) for word in self.line ()[1:])

    def chunks (self):
        """All data of "data_chunks COUNT-1 TOTAL"."""
        count = int (self.line ()[1]) + 1
        pieces = []
        for _ in range (count):
            end = self.data.index (b':', self.at)
            size = int (self.data[self.at:end].split ()[-1])
            pieces.append (self.data[end + 1:end + 1 + size])
            self.at = end + 1 + size + 1
        return b''.join (pieces)


def _set (text):
    place = text.point ()
    visible, _ = text.number (), text.number ()
    kind, width, height = (text.number () for _ in range (3))
    hot = text.number (), text.number ()
    text.number ()    # bytes: those of the chunks
    return PointerCommand (SET, *place, visible, kind, width, height, hot,
                           text.chunks ())


def recording (name):
    return os.path.join (ROOT, 'tests', 'recordings', name + '.qxlrec.xz')


def picture (name):
    """Of H×W×3, blue first."""
    path = os.path.join (ROOT, 'tests', 'recordings',
                         PICTURES.get (name, name) + '.png')
    rgb = numpy.asarray (PIL.Image.open (path).convert ('RGB'))
    return rgb[:, :, ::-1]


def pointer_commands (name):
    """Of a recording, in order."""
    with lzma.open (recording (name)) as file:
        data = file.read ()
    for match in re.finditer (rb'event \d+ 0 3 \d+\ncursor_cmd\ntype (\d)\n',
                              data):
        text, kind = _Text (data, match.end ()), int (match[1])
        if kind == SET:
            yield _set (text)
        else:
            place = text.point () if kind == MOVE else ()
            yield PointerCommand (kind, *place)
