# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pointers that cursor commands set, move, hide, reset: what viewers show, and
that they have nothing to complain about."""

import contextlib
import itertools
import os
import struct
import subprocess

from gi.repository import GLib

from browser import Browser
from judge import *
from recorded import HIDE, MOVE, SET, pointer_commands, recording
from stage import Stage

ALPHA, MONO, COLOR4, COLOR8, COLOR16, COLOR24, COLOR32 = range (7)
WHITE = (255, 255, 255)
DESK = 'videotestsrc is-live=true ! video/x-raw,width=640,height=480'
LOUD = GLib.LogLevelFlags.LEVEL_WARNING | GLib.LogLevelFlags.LEVEL_CRITICAL
NAMES = itertools.count ()


# ---- shapes: data as a driver lays it out, and what is to be seen of it

def bits (plane):
    """Rows of truth values, each row begun on a whole byte."""
    return numpy.packbits (plane, axis=1).tobytes ()


def seen (rgb, mask):
    """Where the mask is set nothing shows, or black and white in turn where
    the colour is white."""
    y, x = numpy.indices (mask.shape)
    rgba = numpy.dstack ([rgb, numpy.full (mask.shape, 255)])
    white = (rgb == 255).all (axis=2)
    rgba[mask & ~white] = 0
    rgba[mask & white] = (0, 0, 0, 255)
    rgba[mask & white & ((x + y) % 2 == 0)] = 255
    return rgba.astype (numpy.uint8)


class Maker:
    """Random shapes of each type: (data, what is seen)."""

    def __init__ (self, width, height, seed=1):
        self.random = numpy.random.default_rng (seed)
        self.size = height, width
        self.mask = self.random.integers (0, 2, self.size).astype (bool)

    def numbers (self, end, *more):
        return self.random.integers (0, end, (*self.size, *more))

    def alpha (self):
        bgra = self.numbers (256, 4).astype (numpy.uint8)
        bgra[0, 0] = 200, 100, 50, 40     # surely not premultiplied
        return bgra.tobytes (), bgra[:, :, [2, 1, 0, 3]]

    def mono (self):
        white = self.numbers (2).astype (bool)
        rgb = numpy.where (white[:, :, None], 255, 0).repeat (3, 2)
        return bits (self.mask) + bits (white), seen (rgb, self.mask)

    def indexed (self, n_colours):
        colours = self.random.integers (0, 256, (n_colours, 4), numpy.uint8)
        colours[n_colours // 2, :3] = WHITE
        index = self.numbers (n_colours)
        index[self.numbers (4) == 0] = n_colours // 2
        return index, colours, seen (colours[index][:, :, 2::-1].astype (int),
                                     self.mask)

    def color4 (self):
        index, colours, rgba = self.indexed (16)
        nibbles = numpy.unpackbits (index.astype (numpy.uint8)[:, :, None],
                                    axis=2)[:, :, 4:].reshape (len (index), -1)
        return bits (nibbles) + colours.tobytes () + bits (self.mask), rgba

    def color8 (self):
        index, colours, rgba = self.indexed (256)
        return index.astype (numpy.uint8).tobytes () + colours.tobytes () \
            + bits (self.mask), rgba

    def color16 (self):
        words = self.numbers (65536)
        words[self.numbers (4) == 0] = 0x7fff
        parts = numpy.stack ([words >> 10, words >> 5, words], 2) & 31
        rgb = parts << 3 | parts >> 2
        return words.astype ('<u2').tobytes () + bits (self.mask), \
            seen (rgb, self.mask)

    def colour (self):
        bgr = self.numbers (256, 3)
        bgr[self.numbers (4) == 0] = WHITE
        return bgr, seen (bgr[:, :, ::-1], self.mask)

    def color24 (self):
        bgr, rgba = self.colour ()
        return bgr.astype (numpy.uint8).tobytes () + bits (self.mask), rgba

    def color32 (self):
        bgr, rgba = self.colour ()
        bgrx = numpy.dstack ([bgr, self.numbers (256)])
        return bgrx.astype (numpy.uint8).tobytes () + bits (self.mask), rgba

    def make (self, kind):
        return (self.alpha, self.mono, self.color4, self.color8, self.color16,
                self.color24, self.color32)[kind] ()


# ---- shapes of drivers

def rows (data, width, bits_each):
    """Rows of numbers of 1, 4 or 8 bits."""
    row_bytes = (width * bits_each + 7) // 8
    every = numpy.unpackbits (numpy.frombuffer (data, numpy.uint8).reshape (
        -1, row_bytes), axis=1)[:, :width * bits_each]
    return numpy.packbits (every.reshape (len (every), width, bits_each),
                           axis=2)[:, :, 0] >> (8 - bits_each)


def straight (bgra):
    """Of what is premultiplied."""
    bgra = bgra.astype (int)
    alpha = bgra[:, :, 3:]
    colour = (bgra[:, :, 2::-1] * 255 + alpha // 2) // numpy.maximum (alpha, 1)
    return numpy.dstack ([colour, alpha]).astype (numpy.uint8)


def shown (shape):
    """What is to be seen of a recorded shape; drivers premultiply."""
    width, height, data = shape.width, shape.height, shape.data
    plane = (width + 7) // 8 * height
    if shape.type == ALPHA:
        return straight (numpy.frombuffer (data, numpy.uint8).reshape (
            height, width, 4))
    if shape.type == MONO:
        white = rows (data[plane:], width, 1)
        return seen (white[:, :, None].repeat (3, 2).astype (int) * 255,
                     rows (data[:plane], width, 1).astype (bool))
    mask = rows (data[-plane:], width, 1).astype (bool)
    data = data[:-plane]
    if shape.type in (COLOR4, COLOR8):
        bits_each = 4 if shape.type == COLOR4 else 8
        end = len (data) - (4 << bits_each)
        colours = numpy.frombuffer (data[end:], numpy.uint8).reshape (-1, 4)
        bgr = colours[rows (data[:end], width, bits_each)]
    elif shape.type == COLOR16:
        words = numpy.frombuffer (data, '<u2').reshape (height, width)
        parts = numpy.stack ([words, words >> 5, words >> 10], 2) & 31
        bgr = parts << 3 | parts >> 2
    else:
        bgr = numpy.frombuffer (data, numpy.uint8).reshape (height, width, -1)
    return seen (bgr[:, :, 2::-1].astype (int), mask)


# ---- server and viewers

class Pointers (Server):
    """A server whose two displays' pointers obey commands."""

    def __init__ (self):
        super ().__init__ ([build_path ('tests', 'cursor-server')],
                           stdin=subprocess.PIPE)
        self.n_told = 0

    def tell (self, *words):
        self.n_told += 1
        self.process.stdin.write (
            (' '.join (map (str, words)) + '\n').encode ())
        self.process.stdin.flush ()
        self.wait_line (rf'DID {self.n_told}$')

    def set (self, kind, data, width, height, hot=(0, 0), display=0,
             place=(0, 0), visible=1):
        name = os.path.abspath (f'{next (NAMES)}.shape')
        with open (name, 'wb') as out:
            out.write (data)
        self.tell ('set', display, *place, visible, kind, width, height, *hot,
                   name)

    def set_random (self, seed, display=0, side=16, **options):
        """Gives what is to be seen."""
        data, rgba = Maker (side, side, seed).make (seed % 7)
        self.set (seed % 7, data, side, side, display=display, **options)
        return rgba


@contextlib.contextmanager
def client_log ():
    """What the client library warns of, as a list of texts."""
    texts = []
    handler = GLib.log_set_handler (
        'GSpice', LOUD, lambda domain, level, text, *_: texts.append (text),
        None)
    try:
        yield texts
    finally:
        GLib.log_remove_handler ('GSpice', handler)


def wait_all_open (viewer):
    """One that leaves before complains of its own doing."""
    viewer.display (1)
    viewer.part (CURSOR, 1)
    viewer.wait (lambda: all (viewer.is_open (*channel) for channel
                              in viewer.channels ()), what='all channels')


@contextlib.contextmanager
def pointing (mode=None):
    """A server, a viewer; the client library stays silent."""
    with client_log () as complaints, Pointers () as server:
        with Viewer (server.port, audio=False) as viewer:
            wait_all_open (viewer)
            if mode:
                viewer.request_mouse_mode (mode)
                viewer.wait (lambda: viewer.mouse_mode == mode, what='the mode')
            yield server, viewer
            assert viewer.errors () == []
        assert complaints == [], complaints


def wait_seen (viewer, rgba, hot=(0, 0), display=0):
    cursor = viewer.part (CURSOR, display)
    height, width = rgba.shape[:2]
    viewer.wait (lambda: cursor.visible and cursor.shape
                 and cursor.shape[:4] == (width, height, *hot)
                 and (cursor.shape.rgba == rgba).all (), None,
                 lambda: f'{width}x{height} {hot}; got {cursor.shape}')


def wait_hidden (viewer, display=0):
    cursor = viewer.part (CURSOR, display)
    viewer.wait (lambda: cursor.visible is False, what='hidden')


# ---- commands through a pipeline

QXL = 'application/x-spice-qxl,version=(int)1'
CURSOR_RECORD, DISPLAY_RECORD = 0x40000, 0x20000


def record (kind, body=b''):
    return struct.pack ('<II', kind, len (body)) + body


def reset_record ():
    return record (CURSOR_RECORD + 102)


def set_record (kind, data, width, height, hot=(0, 0), visible=1):
    return record (CURSOR_RECORD + 103,
                   struct.pack ('<hhBHQB4H', 0, 0, visible, 0, 0, kind, width,
                                height, *hot) + data)


def move_record (x, y):
    return record (CURSOR_RECORD + 104, struct.pack ('<hh', x, y))


def hide_record ():
    return record (CURSOR_RECORD + 105)


def surface_records (width, height):
    """The primary surface, anew."""
    return record (DISPLAY_RECORD + 315, struct.pack ('<I', 0)) \
        + record (DISPLAY_RECORD + 314,
                  struct.pack ('<5I', 0, width, height, 32, 1))


class Driver:
    """An appsrc of commands."""

    def __init__ (self, stage, name):
        self.Gst, self.source = stage.Gst, stage[name]

    def push (self, *records):
        self.source.emit ('push-buffer', self.Gst.Buffer.new_wrapped (
            b''.join (records)))


def source (name):
    return f'appsrc name={name} caps="{QXL}" format=time is-live=true' \
        ' do-timestamp=true'


# ---- shapes

def test_each_type_is_shown_pixel_by_pixel ():
    with pointing () as (server, viewer):
        for kind in range (7):
            for width, height in ((32, 32), (21, 17), (1, 1), (9, 200)):
                data, rgba = Maker (width, height, kind + 1).make (kind)
                server.set (kind, data, width, height,
                            (width - 1, height // 2))
                wait_seen (viewer, rgba, (width - 1, height // 2))


def test_premultiplied_edges_are_not_darkened ():
    data = bytes ((0, 0, 64, 64, 50, 100, 0, 200, 255, 255, 255, 255,
                   0, 0, 0, 90))
    expected = numpy.array ([[[255, 0, 0, 64], [0, 128, 64, 200],
                              [255, 255, 255, 255], [0, 0, 0, 90]]])
    with pointing () as (server, viewer):
        server.set (ALPHA, data, 4, 1)
        wait_seen (viewer, expected)


def test_large_shapes_shrink ():
    with pointing () as (server, viewer):
        for width, height, size in ((1024, 1024, (256, 256)),
                                    (1024, 100, (256, 25)),
                                    (300, 600, (128, 256))):
            rgba = numpy.full ((size[1], size[0], 4), 255, numpy.uint8)
            rgba[:, :, :3] = 10, 20, 30
            plane = bytes ((width + 7) // 8 * height)
            server.set (COLOR24, bytes ((30, 20, 10)) * width * height + plane,
                        width, height, (width - 1, height - 1))
            wait_seen (viewer, rgba, (size[0] - 1, size[1] - 1))


def test_what_is_no_shape_changes_nothing ():
    with pointing () as (server, viewer):
        rgba = server.set_random (1)
        wait_seen (viewer, rgba)
        sets = viewer.cursor.sets
        for kind, size, width, height, hot in (
                (ALPHA, 4 * 16 - 1, 4, 4, (0, 0)),
                (ALPHA, 4 * 16 + 1, 4, 4, (0, 0)),
                (ALPHA, 4 * 16, 4, 4, (4, 0)), (7, 64, 4, 4, (0, 0)),
                (MONO, 0, 0, 0, (0, 0)),
                (MONO, 2 * 1025 * 129, 1025, 1025, (0, 0))):
            server.set (kind, bytes (size), width, height, hot)
        server.set_random (2)
        rgba = server.set_random (1)
        wait_seen (viewer, rgba)
        assert viewer.cursor.sets <= sets + 2


# ---- commands

def test_moves_and_hides_in_server_mode ():
    with pointing (SERVER_MOUSE) as (server, viewer):
        rgba = server.set_random (1, place=(5, 6))
        wait_seen (viewer, rgba)
        for place in ((100, 50), (319, 239), (-5, 0)):
            server.tell ('move', 0, *place)
            viewer.wait (lambda: viewer.cursor.position == place,
                         what=f'{place}')
        server.tell ('hide', 0)
        wait_hidden (viewer)
        server.tell ('trail', 0, 3, 4)
        server.tell ('move', 0, 7, 8)
        viewer.wait (lambda: viewer.cursor.position == (7, 8), what='7,8')
        wait_seen (viewer, rgba)
        server.set_random (2, visible=0)
        wait_hidden (viewer)


def test_moves_and_hides_in_client_mode ():
    with pointing (CLIENT_MOUSE) as (server, viewer):
        rgba = server.set_random (1)
        wait_seen (viewer, rgba)
        moves = viewer.wait (lambda: viewer.cursor.moves)  # it was shown
        server.tell ('move', 0, 100, 50)
        server.tell ('trail', 0, 3, 4)
        rgba = server.set_random (2)
        wait_seen (viewer, rgba)
        assert viewer.cursor.moves == moves
        server.tell ('hide', 0)
        wait_hidden (viewer)
        server.tell ('move', 0, 120, 60)   # which shows it
        wait_seen (viewer, rgba)
        server.tell ('move', 0, 130, 70)
        viewer.request_mouse_mode (SERVER_MOUSE)
        viewer.wait (lambda: viewer.cursor.position == (130, 70),
                     what='the place, after the change of mode')


def test_resets_and_what_follows ():
    for mode in (SERVER_MOUSE, CLIENT_MOUSE):
        with pointing (mode) as (server, viewer):
            for seed in range (1, 8):
                rgba = server.set_random (seed)
                server.tell ('move', 0, seed, seed)
                wait_seen (viewer, rgba)
                resets = viewer.cursor.resets
                server.tell ('reset', 0)
                viewer.wait (lambda: viewer.cursor.resets == resets + 1,
                             what='a reset')
                assert viewer.cursor.visible is False
                server.tell ('trail', 0, seed, seed)


def test_new_primary_surfaces_reset ():
    with pointing (SERVER_MOUSE) as (server, viewer):
        for side in range (100, 140):
            rgba = server.set_random (side)
            server.tell ('primary', 0, side, side)
        server.tell ('primary', 0, 64, 48)
        viewer.wait (lambda: viewer.display ().size == (64, 48), what='64x48')
        wait_hidden (viewer)
        assert viewer.cursor.resets <= 41
        rgba = server.set_random (1)
        wait_seen (viewer, rgba)


def test_viewers_come_and_go ():
    """Between resets, while shown, while hidden: each ends on what holds."""
    with pointing (SERVER_MOUSE) as (server, viewer):
        for seed in range (1, 9):
            rgba = server.set_random (seed)
            if seed % 4 == 1:
                server.tell ('reset', 0)
                rgba = server.set_random (seed + 1)
            if seed % 4 == 2:
                server.tell ('hide', 0)
            with Viewer (server.port, audio=False) as late:
                wait_all_open (late)
                if seed % 4 == 2:
                    wait_hidden (late)
                    server.tell ('move', 0, seed, seed)
                wait_seen (late, rgba)
                server.tell ('move', 0, 3, seed)
                with Viewer (server.port, audio=False) as last:
                    wait_all_open (last)
                    wait_seen (last, rgba)
                    last.wait (lambda: last.cursor.position == (3, seed),
                               what='its place')
                server.tell ('reset', 0)
                wait_hidden (late)
            wait_hidden (viewer)


def test_displays_do_not_mix ():
    with pointing (SERVER_MOUSE) as (server, viewer):
        viewer.part (CURSOR, 1)
        shapes = [None, None]
        for seed in range (1, 11):
            display = seed % 2
            other = 1 - display
            shapes[display] = server.set_random (seed, display)
            server.tell ('move', display, seed, display)
            wait_seen (viewer, shapes[display], display=display)
            viewer.wait (lambda: viewer.part (CURSOR, display).position
                         == (seed, display), what='its place')
            if shapes[other] is not None:
                wait_seen (viewer, shapes[other], display=other)
                assert viewer.part (CURSOR, other).position == (seed - 1, other)
        server.tell ('reset', 1)
        wait_hidden (viewer, 1)
        wait_seen (viewer, shapes[0])


def test_a_storm_of_commands_ends_on_the_last ():
    with pointing (SERVER_MOUSE) as (server, viewer):
        random = numpy.random.default_rng (5)
        for step in range (300):
            kind = random.integers (0, 6)
            if kind == 0:
                server.set_random (step + 1)
            else:
                server.tell (*(('move', 0, step, 1), ('hide', 0),
                               ('trail', 0, step, 1), ('reset', 0),
                               ('move', 0, 1, step))[kind - 1])
        rgba = server.set_random (3, side=40)
        server.tell ('move', 0, 200, 100)
        wait_seen (viewer, rgba)
        viewer.wait (lambda: viewer.cursor.position == (200, 100),
                     what='the last place')


def test_the_browser_shows_pointers ():
    with Pointers () as server, Browser () as browser:
        rgba = server.set_random (1)
        browser.connect (server.port)
        browser.wait_pointer (rgba)
        for seed in range (2, 9):
            rgba = server.set_random (seed, hot=(3, seed))
            browser.wait_pointer (rgba, (3, seed))
            server.tell ('hide', 0)
            browser.wait_pointer ('none')
            server.tell ('move', 0, 3, 4)
            browser.wait_pointer (rgba, (3, seed))
            server.tell ('trail', 0, seed, 4)
            server.tell ('reset', 0)
            browser.wait_pointer ('auto')
        server.set_random (1, visible=0)
        with Browser () as late:
            late.connect (server.port)
            late.wait_pointer ('none')
            server.tell ('move', 0, 3, 4)
            browser.wait_pointer (Maker (16, 16, 1).make (MONO)[1])


# ---- pads

def test_pads_of_pointers_take_commands ():
    """Two heads, a pointer each, of every type."""
    desk = 'videotestsrc is-live=true ! video/x-raw,width=64,height=48 !' \
           ' s.video_'
    with client_log () as complaints, \
            Stage ('spicesink name=s port=0', desk + '0', desk + '1',
                   f'{source ("a")} ! s.cursor_0 {source ("b")} ! s.cursor_1'
                   ) as stage:
        drivers = Driver (stage, 'a'), Driver (stage, 'b')
        with Viewer (stage.port, audio=False) as viewer:
            wait_all_open (viewer)
            viewer.request_mouse_mode (SERVER_MOUSE)
            for kind in range (7):
                for display in (0, 1):
                    data, rgba = Maker (19, 20, kind + display).make (kind)
                    drivers[display].push (
                        set_record (kind, data, 19, 20, (display, kind)),
                        surface_records (9, 9)[:12],
                        reset_record (),
                        set_record (kind, data, 19, 20, (display, kind)),
                        move_record (kind, display))
                    wait_seen (viewer, rgba, (display, kind), display)
                    viewer.wait (lambda: viewer.part (CURSOR, display).position
                                 == (kind, display), what='its place')
            drivers[1].push (hide_record ())
            wait_hidden (viewer, 1)
            assert viewer.cursor.visible
            assert viewer.errors () == []
    assert complaints == [], complaints


def test_pointers_come_with_what_is_drawn ():
    with client_log () as complaints, \
            Stage ('spicesink name=s port=0', source ('a'), '! s.qxl_0'
                   ) as stage:
        driver = Driver (stage, 'a')
        data, rgba = Maker (24, 24).make (COLOR8)
        driver.push (surface_records (100, 80), set_record (
            COLOR8, data, 24, 24))
        with Viewer (stage.port, audio=False) as viewer:
            viewer.wait (lambda: viewer.display ().size == (100, 80),
                         what='100x80')
            wait_seen (viewer, rgba)
            driver.push (surface_records (90, 70))
            viewer.wait (lambda: viewer.display ().size == (90, 70),
                         what='90x70')
            wait_hidden (viewer)
            driver.push (set_record (COLOR8, data, 24, 24, (2, 2)))
            wait_seen (viewer, rgba, (2, 2))
            assert viewer.errors () == []
    assert complaints == [], complaints


# ---- recordings

def follow (viewer, driver, commands):
    """Each command's effect is seen before the next is given. Returns how many
    were seen of each kind."""
    counts = [0] * 4
    rgba, hot, cursor = None, None, viewer.cursor
    for command in commands:
        counts[command.kind] += 1
        if command.kind == SET:
            rgba, hot = shown (command), command.hot
            driver.push (set_record (command.type, command.data, command.width,
                                     command.height, hot, command.visible))
            wait_seen (viewer, rgba, hot)
        elif command.kind == MOVE:
            driver.push (move_record (command.x, command.y))
            if rgba is not None:
                viewer.wait (lambda: cursor.position == command[1:3],
                             what='its place')
                wait_seen (viewer, rgba, hot)
        elif command.kind == HIDE:
            driver.push (hide_record ())
            wait_hidden (viewer)
    return counts


def test_recorded_pointers_are_shown_step_by_step ():
    for name, expected in (('xspice-video-cursor', [31, 67, 31, 0]),
                           ('guest-xorg-render', [4, 13, 6, 0]),
                           ('synthetic-all-draws', [7, 5, 1, 1])):
        with client_log () as complaints, \
                Stage (DESK, '! spicesink name=s port=0', source ('a'),
                       '! s.cursor_0') as stage:
            with Viewer (stage.port, audio=False) as viewer:
                viewer.display ()
                viewer.request_mouse_mode (SERVER_MOUSE)
                wait_hidden (viewer)
                counts = follow (viewer, Driver (stage, 'a'),
                                 pointer_commands (name))
                assert counts == expected, counts
                assert viewer.errors () == []
        assert complaints == [], complaints


def end_of (commands):
    """(shape, place, visible) when all have been obeyed."""
    shape, place, visible = None, (0, 0), False
    for command in commands:
        if command.kind == SET:
            shape, visible = command, bool (command.visible)
        elif command.kind == MOVE:
            place, visible = command[1:3], True
        elif command.kind == HIDE:
            visible = False
    return shape, place, visible


def wait_end (viewer, shape, place, visible):
    if not visible:
        wait_hidden (viewer)
        return
    wait_seen (viewer, shown (shape), shape.hot)
    viewer.wait (lambda: viewer.cursor.position == place, what='its place')


def test_replayed_pointers_end_as_recorded ():
    """As fast as it goes; who looked on and who came late see the same."""
    for name in ('xspice-video-cursor', 'guest-xorg-render',
                 'synthetic-all-draws'):
        end = end_of (pointer_commands (name))
        with client_log () as complaints, \
                Stage (f'qxlreplaysrc location={recording (name)} rate=0 !',
                       'spicesink name=s port=0') as stage:
            with Viewer (stage.port, audio=False) as viewer:
                viewer.display ()
                viewer.request_mouse_mode (SERVER_MOUSE)
                viewer.wait (lambda: stage.of_type (stage.Gst.MessageType.EOS),
                             60, 'the end of the recording')
                wait_end (viewer, *end)
                with Viewer (stage.port, audio=False) as late:
                    late.display ()
                    wait_end (late, *end)
        # a trail may come before the viewer has told that it is a native one
        assert all (text.startswith ('cursor_handle_trail')
                    for text in complaints), complaints


test_replayed_pointers_end_as_recorded.timeout = 180
