# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an application draws with GstSpiceCommands: a viewer that is told the
commands sees what one sees that comes later and is sent the picture."""

import random

import numpy
from gi.repository import GLib

from desk import gst_spice
from judge import *
from stage import Stage

LINE = ('appsrc name=source is-live=true do-timestamp=true format=time'
        ' ! s.qxl_0  spicesink name=s port=0')
WIDTH, HEIGHT = 320, 200
STORES = {1: 'XRGB', 2: 'ARGB'}  # surfaces that are not shown
STORE_SIDE = 64
ROUNDS, CALLS = 5, 120
FONT_SIDE, FONT_GLYPHS = 12, 10


class Drawing:
    """Random calls, each of which any application might make."""

    def __init__ (self, seed):
        self.spice = gst_spice ()
        self.random = random.Random (seed)
        self.commands = self.spice.Commands.new ()
        self.create (0, 'XRGB', WIDTH, HEIGHT)
        for store, form in STORES.items ():
            self.create (store, form, STORE_SIDE, STORE_SIDE)
        self.calls = [self.fill, self.pattern, self.stroke, self.text,
                      self.glyphs, self.copy_bits, self.pixels, self.surface,
                      self.blend, self.blend_surface, self.composite]
        # an application that has a surface with alpha draws alpha on it
        self.with_alpha = [self.fill, self.stroke, self.copy_bits, self.blend,
                           self.composite]

    def create (self, number, form, width, height):
        self.commands.create_surface (
            number, getattr (self.spice.SurfaceFormat, form), width, height)

    def draw (self, count):
        for _ in range (count):
            target = self.random.choice ([0, 0, 0, 1, 2])
            self.commands.set_target (target)
            if self.random.random () < 0.2:
                self.clip ()
            self.random.choice (self.with_alpha if STORES.get (target) == 'ARGB'
                                else self.calls) ()

    def mark (self, color):
        """What is drawn last, to know it by."""
        self.commands.set_target (0)
        self.commands.fill (0, 0, 4, 4, color, self.spice.Rop.PUT)

    # ---- arguments

    def below (self, end):
        return self.random.randrange (end)

    def point (self):
        return self.below (WIDTH + 40) - 20, self.below (HEIGHT + 40) - 20

    def area (self):
        return *self.point (), 1 + self.below (90), 1 + self.below (90)

    def color (self):
        return 0xff000000 | self.below (1 << 24)

    def noise (self, count):
        return GLib.Bytes.new (self.random.randbytes (count))

    def colors (self, width, height):
        """Premultiplied pixels."""
        pixels = numpy.frombuffer (self.random.randbytes (width * height * 4),
                                   numpy.uint8).reshape (-1, 4).astype (int)
        pixels[:, :3] = pixels[:, :3] * pixels[:, 3:] // 255
        return GLib.Bytes.new (pixels.astype (numpy.uint8).tobytes ())

    # ---- calls

    def clip (self):
        rects = [self.area () for _ in range (1 + self.below (3))]
        self.commands.set_clip (sum (map (list, rects), []))

    def fill (self):
        rop = self.random.choice (['PUT', 'OR', 'AND', 'XOR', 'BLACKNESS',
                                   'WHITENESS', 'INVERS'])
        self.commands.fill (*self.area (), self.color (),
                            getattr (self.spice.Rop, rop))

    def pattern (self):
        self.commands.fill_pattern (*self.area (), self.colors (5, 7), 5, 7,
                                    *self.point (), self.spice.Rop.PUT)

    def stroke (self):
        points = sum ((list (self.point ()) for _ in range (8)), [])
        dashes = self.random.choice ([None, [3, 2], [1, 4, 2]])
        self.commands.stroke (points, self.below (2) == 1, self.color (),
                              dashes)

    def text (self):
        self.commands.draw_text (*self.point (), 'Hällo,\n12:34', 1
                                 + self.below (3), self.color ())

    def glyphs (self):
        name, bits = self.random.choice ([('A1', 1), ('A4', 4), ('A8', 8)])
        size = (FONT_SIDE * bits + 7) // 8 * FONT_SIDE * FONT_GLYPHS
        places = sum (([self.below (FONT_GLYPHS), *self.point ()]
                       for _ in range (6)), [])
        self.commands.draw_glyphs (
            self.noise (size), getattr (self.spice.GlyphFormat, name),
            FONT_SIDE, FONT_SIDE, places, self.color ())

    def copy_bits (self):
        self.commands.copy_bits (*self.area (), *self.point ())

    def pixels (self):
        self.commands.copy_pixels (*self.point (), 30, 20,
                                   self.noise (32 * 4 * 20), 32 * 4)

    def surface (self):
        self.commands.copy_surface (*self.area (), self.below (3),
                                    self.below (40), self.below (40))

    def blend (self):
        self.commands.blend_pixels (*self.point (), 30, 20,
                                    self.colors (30, 20), 30 * 4,
                                    self.below (256))

    def blend_surface (self):
        self.commands.blend_surface (*self.area (), 1 + self.below (2),
                                     self.below (40), self.below (40),
                                     self.below (256))

    def composite (self):
        mask = self.random.choice ([None, self.noise (30 * 20)])
        self.commands.composite (self.below (14), *self.point (), 30, 20,
                                 self.colors (30, 20), 30 * 4, mask, 30)




def shows (color):
    def look (picture):
        blue, green, red = map (int, picture[0, 0])
        return (red << 16 | green << 8 | blue) == color
    return look


def seen_late (port, color):
    with Viewer (port) as viewer:
        return viewer.wait_canvas (shows (color))


def check (seed):
    drawing = Drawing (seed)
    with Stage (LINE) as stage:
        source = stage['source']
        source.props.caps = drawing.spice.Commands.make_caps ()
        drawing.mark (1)
        source.emit ('push-buffer', drawing.commands.to_buffer ())
        with Viewer (stage.port) as viewer:
            for color in range (2, 2 + ROUNDS):
                drawing.draw (CALLS)
                drawing.mark (color)
                source.emit ('push-buffer', drawing.commands.to_buffer ())
                told = viewer.wait_canvas (shows (color))
                sent = seen_late (stage.port, color)
                assert (told == sent).all (), difference (told, sent)
            assert viewer.errors () == []


def test_late_viewers_see_what_was_drawn ():
    for seed in range (8):
        check (seed)


def test_the_clock_runs ():
    env = {'GST_PLUGIN_PATH': build_path ('gst'),
           'GST_REGISTRY': build_path ('judge-registry.bin')}
    ready = r'Open spice://127\.0\.0\.1:(\d+)'
    with Server ([build_path ('examples', 'qxl-clock'), '--port=0'], ready,
                 env=env) as server, Viewer (server.port) as viewer:
        first = viewer.wait_canvas (lambda picture: hand (picture).any ())
        before = hand (first)
        viewer.wait_canvas (lambda picture: hand (picture).any ()
                            and (hand (picture) != before).any ())
        assert viewer.errors () == []


def hand (picture):
    """Where the red one is."""
    return (picture[:, :, 2] == 0xc0) & (picture[:, :, 1] == 0x20)
