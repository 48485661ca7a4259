# SPDX-License-Identifier: LGPL-2.1-or-later
"""Drawings of few colours, which come to viewers as indices into palettes that
these keep."""

import contextlib
import struct

import numpy

from desk import *
from judge import *
from test_caches import Sent
from test_draws import COMPOSITE_CAP, LZ4_CAP

SIZE = (320, 200)
N_KEPT = 128               # palettes of a channel
INVAL_PALETTE, DRAW_COPY = 107, 304
BITMAP, LZ_PLT = 0, 100
CACHE_ME, FROM_CACHE = 1, 2
FORMATS_OF_INDICES = {2: '1 bit', 4: '4 bits'}


def card (palette, n_colours, number, noise=False):
    """A drawing in the middle of a page; no two numbers draw the same."""
    random = numpy.random.default_rng ((palette, n_colours, number))
    colours = numpy.random.default_rng (palette).integers (
        0, 256, (n_colours, 3), numpy.uint8)
    rows = random.integers (0, n_colours, (96, 128))
    if not noise:
        rows = rows[:, :16].repeat (8, 1)[::8].repeat (8, 0)
    made = numpy.full ((SIZE[1], SIZE[0], 3), 255, numpy.uint8)
    made[50:146, 90:218] = colours[rows]
    return made


class Palettes (Drain):
    """A viewer that notes how indices and palettes come."""

    def __init__ (self, *parameters):
        self.ways = set ()     # (number of colours or None, way of coding)
        self.n_sent = self.n_kept = self.n_dropped = 0
        super ().__init__ (*parameters)

    def note (self, message):
        super ().note (message)
        if message.type == INVAL_PALETTE:
            self.n_dropped += 1
        if message.type != DRAW_COPY:
            return
        image = struct.unpack_from ('<I', message.body, 21)[0]
        kind, payload = message.body[image + 8], message.body[image + 18:]
        if kind == LZ_PLT:
            self.note_palette ('LZ', payload[0])
        elif kind == BITMAP and payload[0] in FORMATS_OF_INDICES:
            self.note_palette (FORMATS_OF_INDICES[payload[0]], payload[1])

    def note_palette (self, way, flags):
        self.ways.add (way)
        self.n_sent += bool (flags & CACHE_ME)
        self.n_kept += bool (flags & FROM_CACHE)


@contextlib.contextmanager
def peeking (port):
    with RawSession (port) as session:
        link = session.open_display (caps=(COMPOSITE_CAP, LZ4_CAP),
                                     common=(0, 1, 3), init=display_init ())
        drain, main = Palettes (link), Drain (session.main)
        yield drain
        drain.stop ()
        main.stop ()


def test_every_way_of_indices_is_shown ():
    with Desk (image_compression='lz') as desk:
        desk.show (card (0, 2, 0))
        with Viewer (desk.port, only=[DISPLAY]) as viewer, \
                peeking (desk.port) as drain:
            viewer.wait_canvas (card (0, 2, 0))
            for number in range (1, 60):
                shown = card (number % 7, (2, 3, 9, 15)[number % 4], number,
                              noise=number % 3 == 0)
                desk.show (shown)
                viewer.wait_canvas (shown)
            poll (lambda: drain.ways == {'LZ', '1 bit', '4 bits'}, 5,
                  lambda: drain.ways)
            assert drain.n_kept > drain.n_sent > 0, vars (drain)
            assert viewer.errors () == []


def test_more_palettes_than_a_viewer_keeps ():
    """Twice as many as fit, then by chance, so that some are there and some have
    to come again; somebody who comes late has none of them."""
    random = numpy.random.default_rng (3)
    order = [*range (2 * N_KEPT), *random.integers (0, 2 * N_KEPT, 150)]
    with Sent ('spicedisplay') as sent, \
            Desk (image_compression='lz') as desk, \
            contextlib.ExitStack () as stack:
        desk.show (card (0, 8, 0))
        viewers = [stack.enter_context (Viewer (desk.port, only=[DISPLAY]))]
        viewers[0].wait_canvas (card (0, 8, 0))
        for number, palette in enumerate (order):
            if number == len (order) - 100:
                viewers.append (stack.enter_context (
                    Viewer (desk.port, only=[DISPLAY])))
            shown = card (int (palette), 8, number)
            desk.show (shown)
            for viewer in viewers:
                viewer.wait_canvas (shown)
        assert sent['display 0', INVAL_PALETTE] > N_KEPT, sent.counts
        for viewer in viewers:
            assert viewer.errors () == []


def test_palettes_come_once_while_they_are_kept ():
    with Desk (image_compression='lz') as desk:
        desk.show (card (0, 8, 0))
        with Viewer (desk.port, only=[DISPLAY]) as viewer, \
                peeking (desk.port) as drain:
            viewer.wait_canvas (card (0, 8, 0))
            for number in range (1, 4 * 40):
                shown = card (number % 40, 8, number)
                desk.show (shown)
                viewer.wait_canvas (shown)
            poll (lambda: drain.n_sent + drain.n_kept >= 4 * 40 - 1, 5)
            assert drain.n_dropped == 0
            assert drain.n_sent < 60, vars (drain)
            assert viewer.errors () == []
