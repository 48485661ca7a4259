#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that shows a film: its size and frames a second, then properties of
the sink as NAME=VALUE.

    film.py 1920x1080 25 max-clients=3

Prints READY and its port. The film is a stamp that counts the frames (see
bench/scenes.h) and a rectangle of noise on a still picture. SIGUSR1 ends it
with painting (LAST)."""

import os
import signal
import sys

sys.path.insert (0, os.path.dirname (os.path.abspath (__file__)))

from desk import *

LAST = 1234
STAMP_ROWS, STAMP_BITS, STAMP_BIT = 2, 32, 4


class Film:
    def __init__ (self, desk, width, height, rate):
        self.desk, self.size = desk, (width, height)
        self.frame = numpy.full ((height, width, 4), 255, numpy.uint8)
        self.frame[:, :, :3] = painting (0, width, height)
        self.random = numpy.random.default_rng (0)
        self.number = 0
        self.timer = GLib.timeout_add (1000 // rate, self.go_on)

    def go_on (self):
        self.number += 1
        noise = self.frame[self.size[1] // 3:self.size[1] * 2 // 3,
                           self.size[0] // 3:self.size[0] * 2 // 3]
        noise[:] = self.random.integers (0, 256, noise.shape, numpy.uint8)
        bits = numpy.array ([self.number >> i & 1 for i in
                             range (STAMP_ROWS * STAMP_BITS)], numpy.uint8)
        bits = bits.reshape (STAMP_ROWS, STAMP_BITS) * 255
        stamp = bits.repeat (STAMP_BIT, 0).repeat (STAMP_BIT, 1)
        self.frame[:stamp.shape[0], :stamp.shape[1], :3] = stamp[:, :, None]
        self.desk.show_bytes (self.frame.tobytes (), 'BGRx', *self.size)
        return True

    def end (self):
        GLib.source_remove (self.timer)
        self.desk.show (painting (LAST, *self.size))


def main (size, rate, *settings):
    width, height = (int (side) for side in size.split ('x'))
    line = ' '.join (('appsrc name=head max-buffers=2 leaky-type=downstream !'
                      ' spicedisplaysink name=s port=0', *settings))
    loop = GLib.MainLoop ()
    with Desk (line) as desk:
        film = Film (desk, width, height, int (rate))
        GLib.unix_signal_add (GLib.PRIORITY_DEFAULT, signal.SIGUSR1, film.end)
        GLib.unix_signal_add (GLib.PRIORITY_DEFAULT, signal.SIGINT, loop.quit)
        print ('READY', desk.port, flush=True)
        loop.run ()


if __name__ == '__main__':
    main (*sys.argv[1:])
