# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dashed lines are told as commands; what a viewer draws of them is what our
canvas draws: slanted and closed ones, curves, gaps first, short lengths."""

import pathlib
import subprocess

import numpy

from composing import Recording, fill, stroke
from judge import *

WIDTH, HEIGHT = 320, 240
STROKES, PARTS = 400, 8
BEGIN, END, CLOSE, BEZIER = 1, 2, 8, 16
PUT, XOR = 8, 0x40


class Player (Server):
    """Plays a Recording, so many commands at a time."""

    def __init__ (self, recording):
        pathlib.Path ('recording').write_bytes (recording.data)
        super ().__init__ (
            [build_path ('tests', 'replay-server'), '--recording=recording',
             '--picture=expected.raw'], stdin=subprocess.PIPE)
        self.n_played = 0

    def play (self, count):
        """The picture that our canvas makes of it, none of it refused."""
        self.process.stdin.write (b'%d\n' % count)
        self.process.stdin.flush ()
        self.n_played += count
        drew = self.wait_line (
            rf'DREW {self.n_played} (\d+) (\d+) refused (\d+)', 20)
        assert drew[3] == '0', drew[0]
        return numpy.fromfile ('expected.raw', numpy.uint8).reshape (
            HEIGHT, WIDTH, 4)[:, :, :3]


def points (maker, count):
    return [(x / 16, y / 16) for x, y in zip (
        maker.integers (-20 * 16, (WIDTH + 20) * 16, count),
        maker.integers (-20 * 16, (HEIGHT + 20) * 16, count))]


def straight (maker, count):
    """Points of lines along the axes, whole pixels apart."""
    x, y, seen = *maker.integers (10, 200, 2), []
    for i in range (count):
        seen.append ((int (x), int (y)))
        x, y = (int (maker.integers (0, WIDTH)), y) if i % 2 \
            else (x, int (maker.integers (0, HEIGHT)))
    return seen


def figure (maker):
    kind = maker.integers (0, 4)
    end = END | (CLOSE if maker.integers (0, 2) else 0)
    if kind == 0:
        return [(BEGIN, points (maker, 1)),
                (end | BEZIER, points (maker, 3))]
    draw = straight if kind == 1 else points
    return [(BEGIN | end, draw (maker, int (maker.integers (2, 7))))]


def style_of (maker):
    count = int (maker.integers (1, 7))
    most = int (maker.choice ([2, 5, 20, 250]))
    return [int (part) / 16 for part in maker.integers (12, most * 16, count)]


def compose (seed, style_of):
    maker = numpy.random.default_rng (seed)
    recording = Recording (WIDTH, HEIGHT)
    recording.draw (fill (0x203040))
    for _ in range (STROKES):
        recording.draw (stroke (
            sum ((figure (maker) for _ in range (maker.integers (1, 3))), []),
            int (maker.integers (0, 1 << 24)), style_of (maker),
            bool (maker.integers (0, 2)), PUT if maker.integers (0, 3) else XOR))
    return recording


def run (recording):
    with Player (recording) as player:
        picture = player.play (1)
        with Viewer (player.port, only=[DISPLAY]) as viewer:
            viewer.wait_canvas (picture)
            for _ in range (PARTS):
                viewer.wait_canvas (player.play (STROKES // PARTS))


def test_dashes_of_all_lengths ():
    for seed in range (4):
        run (compose (seed, style_of))


def test_dashes_of_few_pixels ():
    lists = [(1, 0), (1, 1), (0, 1), (2, 0), (1,), (0, 1, 0), (1, 0, 0),
             (0, 0, 1), (1, 0, 1, 0), (0, 2, 0, 1), (1, 0, 2), (256, 1, 1),
             (257, 256), (256, 1)]
    for seed in range (4):
        run (compose (100 + seed, lambda maker: maker.choice (
            numpy.array (lists, object))))
