# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every command that ends, hangs or misleads libspice-server, through a
pipeline, a viewer looking on: it is left out or drawn as it should be, what is
wrong is told with what is allowed, and what comes before and after it in the
same buffer is drawn. A server of its own for each, and one for all."""

import contextlib
import pathlib
import socket

import numpy

import composing
from judge import Viewer, launched
from judge import CURSOR as CURSOR_CHANNEL, DISPLAY as DISPLAY_CHANNEL
from malformed import *

MAX_BUFFER = 1 << 18           # bytes of one
BOXES = (0, 0, 8, 8), (56, 40, 64, 48), (56, 0, 64, 8)
MAX_GROWTH_BYTES = 48 << 20
WARNING = r'warning: A draw command was left out: (.*)'


class Feed:
    """The commands' way into a server: what was pushed and is to be seen."""

    def __init__ (self, server, socket):
        self.server = server
        self.socket = socket
        self.picture = numpy.empty ((HEIGHT, WIDTH, 3), numpy.uint8)
        self.n_marks = 0

    def push (self, data):
        self.socket.send (data)

    def begin (self):
        paint (self.picture, ALL, BEFORE)
        self.push (SETUP)

    def mark (self, box):
        """A valid command, unlike all others, and what it shows."""
        self.n_marks += 1
        paint (self.picture, box, self.n_marks)
        return fill (box, self.n_marks)

    def draw (self, row):
        """The row between two valid commands."""
        before = self.mark (BOXES[0])
        if row.draws:
            row.draws (self.picture)
        self.push (before + row.commands + self.mark (BOXES[1]))

    def go_on (self):
        self.push (self.mark (BOXES[2]))

    def warnings (self):
        return [match[1] for match in self.server.find_all (WARNING)]


@contextlib.contextmanager
def fed (sink='s.qxl_0 spicesink name=s port=0', **more):
    """A Feed that has begun; each push arrives as one buffer."""
    ours, theirs = socket.socketpair (socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, launched (f'fdsrc blocksize={MAX_BUFFER} ! {CAPS} !',
                                 sink, stdin=theirs, **more) as server:
        feed = Feed (server, ours)
        feed.begin ()
        yield feed


def check (row):
    with fed () as feed, view (feed) as viewer:
        viewer.wait_canvas (feed.picture)
        size = feed.server.rss_bytes ()
        feed.draw (row)
        viewer.wait_canvas (feed.picture)
        if row.says:
            viewer.wait (feed.warnings, what='a warning')
        feed.go_on ()
        viewer.wait_canvas (feed.picture)
        assert feed.server.rss_bytes () - size < MAX_GROWTH_BYTES
        assert viewer.errors () == []
        told = feed.warnings ()
        assert len (told) == (row.says is not None), told
        assert not row.says or row.says in told[0], (row.says, told)


def view (feed, **more):
    return Viewer (feed.server.port, only=[DISPLAY_CHANNEL], **more)


def draw_all (feed, viewer):
    """Every row on one server, each on what the one before has left."""
    for name, row in ROWS.items ():
        feed.begin ()
        feed.draw (row)
        viewer.wait_canvas (feed.picture)
        assert viewer.errors () == [], name


def test_all_on_one_server ():
    with fed () as feed, view (feed) as viewer:
        size = feed.server.rss_bytes ()
        draw_all (feed, viewer)
        feed.go_on ()
        viewer.wait_canvas (feed.picture)
        with view (feed) as late:
            late.wait_canvas (feed.picture)
        assert feed.server.rss_bytes () - size < MAX_GROWTH_BYTES


def test_a_recording_of_all_ends_the_same ():
    with fed ('spicedisplaysink name=s port=0 record-location=all') as feed:
        with view (feed) as viewer:
            draw_all (feed, viewer)
    with launched ('qxlreplaysrc location=all ! spicedisplaysink name=s'
                   ' port=0') as server:
        with Viewer (server.port, only=[DISPLAY_CHANNEL]) as viewer:
            viewer.wait_canvas (feed.picture)


def test_a_record_without_end ():
    """Nothing can be found behind it, but in the next buffer."""
    with fed () as feed, view (feed) as viewer:
        feed.push (feed.mark (BOXES[0]) + UNENDING.commands)
        viewer.wait_canvas (feed.picture)
        feed.go_on ()
        viewer.wait_canvas (feed.picture)
        assert UNENDING.says in viewer.wait (feed.warnings)[0]


def test_draws_for_a_pointer ():
    """The other pad that takes commands takes none of these."""
    with fed ('s.cursor_0 spicesink name=s port=0') as feed:
        with Viewer (feed.server.port, only=[CURSOR_CHANNEL]) as viewer:
            feed.push (fill (MIDDLE, 0) + record (
                CURSOR + 103, u16 (0, 0), u8 (1), u16 (0), bytes (8), u8 (0),
                u16 (4, 4, 0, 0), bytes ([255] * 64)))
            viewer.wait (lambda: viewer.cursor.shape, what='a shape')
            feed.server.wait_line (
                'a draw for a pointer, allowed are its own commands')


def check_self (area, says):
    """What only recordings of guests have: a source that is the surface."""
    recording = composing.Recording (*SIZE)
    recording.draw (composing.fill (BEFORE))
    recording.draw (composing.copy_of_itself (AREA), MIDDLE, area)
    recording.draw (composing.fill (0xff), BOXES[0])
    pathlib.Path ('recording').write_bytes (recording.data)
    picture = numpy.empty ((HEIGHT, WIDTH, 3), numpy.uint8)
    paint (picture, ALL, BEFORE)
    paint (picture, BOXES[0], 0xff)
    with launched ('qxlreplaysrc location=recording ! s.qxl_0'
                   ' spicesink name=s port=0') as server:
        with Viewer (server.port, only=[DISPLAY_CHANNEL]) as viewer:
            viewer.wait_canvas (picture)
        server.wait_line (f'warning: .*{says}')


def test_self_bitmap_area_inverted ():
    check_self ((40, 8, 8, 40), '40,8 to 8,40 is turned around')


def test_self_bitmap_area_outside_the_surface ():
    check_self ((40, 8, 72, 40), '40,8 to 72,40, allowed is what lies in 64x48')


def _define (row):
    return lambda: check (row)


for _name, _row in ROWS.items ():
    globals ()[f'test_{_name}'] = _define (_row)
