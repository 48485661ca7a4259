# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recorded QXL streams of real drivers, played through a display: what viewers
show is what our canvas draws of the recording, pixel for pixel."""

import contextlib
import lzma
import pathlib
import subprocess

import numpy

from judge import *
from line import Line

RECORDINGS = pathlib.Path (__file__).parent.parent / 'recordings'
# of commands, in which a recording is played
PARTS = 4
SMALL = {'cache_size': 256 << 10, 'glz_window_size': 1 << 20}
SLOW_BYTES_PER_SECOND = 4_000_000


class ReplayServer (Server):
    """Plays a recording as far as it is told to."""

    def __init__ (self, name):
        packed = RECORDINGS / f'{name}.qxlrec.xz'
        pathlib.Path ('recording').write_bytes (
            lzma.decompress (packed.read_bytes ()))
        super ().__init__ (
            [build_path ('tests', 'replay-server'), '--recording=recording',
             '--picture=expected.raw'], stdin=subprocess.PIPE)
        self.n_commands = 0

    def play (self, count):
        self.process.stdin.write (b'%d\n' % count)
        self.process.stdin.flush ()
        self.n_commands += count
        drew = self.wait_line (rf'DREW {self.n_commands} (\d+) (\d+)', 60)
        width, height = int (drew[1]), int (drew[2])
        return numpy.fromfile ('expected.raw', numpy.uint8).reshape (
            height, width, 4)[:, :, :3]


def play (name, n_commands, view):
    """view (server, part): the viewers that come then."""
    with ReplayServer (name) as server, contextlib.ExitStack () as stack:
        viewers = []
        for part in range (PARTS):
            viewers += [stack.enter_context (viewer)
                        for viewer in view (server, part, stack)]
            n = n_commands * (part + 1) // PARTS - server.n_commands
            picture = server.play (n)
            for viewer in viewers:
                viewer.wait_canvas (picture, timeout=30)
        for viewer in viewers:
            assert viewer.errors () == []


def one (server, part, stack):
    return [Viewer (server.port, only=[DISPLAY])] if part == 0 else []


def three (server, part, stack):
    """One from the start, one slow that keeps little, one that comes late."""
    if part == 0:
        line = stack.enter_context (Line (server.port))
        line.rate = SLOW_BYTES_PER_SECOND
        return [Viewer (server.port, only=[DISPLAY]),
                Viewer (line.port, only=[DISPLAY], **SMALL)]
    return [Viewer (server.port, only=[DISPLAY])] if part == PARTS // 2 else []


def test_firmware_of_one_viewer ():
    play ('qemu-firmware-boot', 1430, one)


def test_xterm_of_one_viewer ():
    play ('xspice-xterm-twm', 3202, one)


def test_fills_of_one_viewer ():
    play ('xspice-x11perf-fills', 12803, one)


def test_video_of_one_viewer ():
    play ('xspice-video-cursor', 1277, one)


def test_render_of_one_viewer ():
    play ('guest-xorg-render', 3436, one)


def test_all_draws_of_one_viewer ():
    play ('synthetic-all-draws', 440, one)


def test_xterm_of_three_viewers ():
    play ('xspice-xterm-twm', 3202, three)


def test_fills_of_three_viewers ():
    play ('xspice-x11perf-fills', 12803, three)


def test_render_of_three_viewers ():
    play ('guest-xorg-render', 3436, three)


def test_all_draws_of_three_viewers ():
    play ('synthetic-all-draws', 440, three)
