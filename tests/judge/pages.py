#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that shows marks nobody has seen before, as fast as viewers take
them: what fills caches and dictionaries.

    pages.py

Prints READY and its port. A frame changes every other tile of every other row
of tiles, so that each is an image of its own."""

import os
import signal
import sys

sys.path.insert (0, os.path.dirname (os.path.abspath (__file__)))

from desk import *

WIDTH, HEIGHT, TILE = 1280, 704, 32
RATE = 60


class Pages:
    def __init__ (self, desk):
        self.desk = desk
        self.frame = numpy.full ((HEIGHT, WIDTH), 0xf0f0f0, numpy.uint32)
        # (row of tiles, row in it, tile, column in it)
        self.tiles = self.frame.reshape (HEIGHT // TILE, TILE,
                                         WIDTH // TILE, TILE)[::2, :, ::2]
        self.random = numpy.random.default_rng (0)
        GLib.timeout_add (1000 // RATE, self.go_on)

    def go_on (self):
        marks = self.random.integers (0, 2, self.tiles.shape, numpy.uint8)
        self.tiles[:] = numpy.where (marks, 0x202020, 0xf0f0f0)
        self.desk.show_bytes (self.frame.tobytes (), 'BGRx', WIDTH, HEIGHT)
        return True


def main ():
    loop = GLib.MainLoop ()
    with Desk ('appsrc name=head max-buffers=2 leaky-type=downstream ! '
               'spicedisplaysink name=s port=0 image-compression=glz') as desk:
        Pages (desk)
        GLib.unix_signal_add (GLib.PRIORITY_DEFAULT, signal.SIGINT, loop.quit)
        print ('READY', desk.port, flush=True)
        loop.run ()


if __name__ == '__main__':
    main ()
