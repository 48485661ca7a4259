# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draw commands that no frames could be described as: overlapping moves, images
drawn in part, surfaces that are not shown, a primary surface that changes its
size. A thousand at random, in each encoding, pixel for pixel."""

import contextlib
import subprocess

import numpy

from judge import *
from line import Line

STEPS, DRAWS_A_STEP = 10, 100
LATE_STEP = 5
SMALL = {'cache_size': 256 << 10, 'glz_window_size': 1 << 20}
SLOW_BYTES_PER_SECOND = 4_000_000
MIN_ENCODED = 300         # of the draws' images: not all is folded
# SPICE_IMAGE_COMPRESSION_…
COMPRESSIONS = {'auto': 0, 'off': 1, 'auto-glz': 2, 'auto-lz': 3, 'quic': 4,
                'glz': 5, 'lz': 6, 'lz4': 7}


class DrawServer (Server):
    """Draws at random when it is told to, and tells what that shows."""

    def __init__ (self, seed, name, *more):
        super ().__init__ (
            [build_path ('tests', 'draw-server'), '--picture=expected.raw',
             f'--seed={seed}', f'--compression={COMPRESSIONS[name]}', *more],
            stdin=subprocess.PIPE)
        self.n_draws = 0

    def draw (self, count):
        self.n_draws += count
        self.process.stdin.write (b'%d\n' % count)
        self.process.stdin.flush ()
        drew = self.wait_line (rf'DREW {self.n_draws} (\d+) (\d+)', 20)
        width, height = int (drew[1]), int (drew[2])
        return numpy.fromfile ('expected.raw', numpy.uint8).reshape (
            height, width, 4)[:, :, :3]


def run (server, view):
    """view (late): the viewers that come at first, and those that come late."""
    picture = server.draw (1)
    viewers = view (False)
    for step in range (STEPS):
        if step == LATE_STEP:
            viewers += view (True)
        for viewer in viewers:
            viewer.wait_canvas (picture, timeout=20)
        picture = server.draw (DRAWS_A_STEP)
    for viewer in viewers:
        viewer.wait_canvas (picture, timeout=20)
        assert viewer.errors () == []
    counts = server.find (r'DREW 1001 .* invalid (\d+) .* encoded (\d+)')
    assert int (counts[1]) == 0 and int (counts[2]) >= MIN_ENCODED, counts[0]


def run_one (seed, name, *more):
    with DrawServer (seed, name, *more) as server, \
            contextlib.ExitStack () as stack:
        def view (late):
            return [] if late else [stack.enter_context (
                Viewer (server.port, only=[DISPLAY]))]
        run (server, view)


def run_three (seed, name, *more):
    """One is slow and keeps little, one comes late."""
    with DrawServer (seed, name, *more) as server, \
            contextlib.ExitStack () as stack:
        def view_from (port, **kind):
            return stack.enter_context (Viewer (port, only=[DISPLAY], **kind))

        def view (late):
            if late:
                return [view_from (server.port)]
            line = stack.enter_context (Line (server.port))
            line.rate = SLOW_BYTES_PER_SECOND
            return [view_from (server.port), view_from (line.port, **SMALL)]
        run (server, view)


def _define (name, number):
    def test_one ():
        run_one (number, name)

    def test_three ():
        run_three (100 + number, name)
    stem = name.replace ('-', '_')
    test_one.__name__ = f'test_one_viewer_of_{stem}'
    test_three.__name__ = f'test_three_viewers_of_{stem}'
    return test_one, test_three


def test_three_viewers_of_zlib_glz ():
    run_three (200, 'auto-glz', '--deflate')


for _number, _name in enumerate (COMPRESSIONS):
    for _test in _define (_name, _number):
        globals ()[_test.__name__] = _test
del _test
