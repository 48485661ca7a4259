# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs people use, as witnesses: spicy-screenshot, remote-viewer.

Each runs in the current directory, which the runner makes private. Pictures
are height × width × 3, blue first, as everywhere here."""

import os
import random
import struct
import subprocess
import tempfile

import numpy
from gi.repository import GLib

from loop import Timeout, wait, wait_seconds

SCREEN = '1600x1200x24'
LOOK_AGAIN_SECONDS = 0.2  # between two looks at a screen
MIN_PIECE = 24            # pixels: what find () recognises a picture by


class CommandFailed (AssertionError):
    """A program of ours ended badly."""


def run (command, timeout=20.0, **options):
    """Runs a program to its end while the loop goes on; its output."""
    with tempfile.TemporaryFile () as output, \
            tempfile.TemporaryFile () as errors:
        process = subprocess.Popen (command, stdout=output, stderr=errors,
                                    **options)
        handle, ended = os.pidfd_open (process.pid), []
        GLib.io_add_watch (handle, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN,
                           lambda *_: ended.append (True))
        try:
            wait (lambda: ended, timeout, ' '.join (command))
        finally:
            process.kill ()  # does nothing to one that has ended
            process.wait ()
            os.close (handle)
        output.seek (0)
        errors.seek (0)
        if process.returncode != 0:
            raise CommandFailed (command, process.returncode,
                                 errors.read ()[-2000:])
        return output.read ()


def screenshot (port, host='127.0.0.1', password=None, timeout=20.0):
    """What spicy-screenshot saves: the picture at the first draw."""
    from PIL import Image
    path = os.path.abspath ('screenshot.ppm')
    command = ['spicy-screenshot', '-h', host, '-p', str (port), '-o', path]
    run (command + (['-w', password] if password else []), timeout)
    with Image.open (path) as image:
        picture = numpy.array (image.convert ('RGB'))[:, :, ::-1]
    os.remove (path)
    return picture


def parse_xwd (data):
    """A 24-bit X window dump as a picture."""
    header = struct.unpack ('>25I', data[:100])
    size, width, height = header[0], header[4], header[5]
    pixel, stride, colours = header[11] // 8, header[12], header[19]
    assert header[7] == 0 and pixel in (3, 4), \
        f'want 24 or 32 bits a pixel, low byte first: {header}'
    rows = numpy.frombuffer (data, numpy.uint8, stride * height,
                             size + 12 * colours).reshape (height, stride)
    return rows[:, :width * pixel].reshape (
        height, width, pixel)[:, :, :3].copy ()


def find (picture, inside):
    """Where (x, y) a picture stands, pixel for pixel, inside another; None
    when it does not."""
    height, width = picture.shape[:2]
    if height > inside.shape[0] or width > inside.shape[1]:
        return None
    packed = [numpy.ascontiguousarray (p).astype (numpy.uint32) @ numpy.array (
        [1, 1 << 8, 1 << 16], numpy.uint32) for p in (picture, inside)]
    small, large = packed
    y, x = most_varied_spot (small)
    piece = small[y, x:x + MIN_PIECE]
    room = large[:, :large.shape[1] - len (piece) + 1]
    hits = numpy.ones (room.shape, bool)
    for i, pixel in enumerate (piece):
        hits &= large[:, i:i + room.shape[1]] == pixel
    for row, column in numpy.argwhere (hits):
        top, left = row - y, column - x
        if top >= 0 and left >= 0 and numpy.array_equal (
                large[top:top + height, left:left + width], small):
            return int (left), int (top)
    return None


def most_varied_spot (pixels):
    """(y, x) of a run of pixels with many changes, which is rare elsewhere."""
    width = min (MIN_PIECE, pixels.shape[1])
    changes = numpy.cumsum (numpy.diff (pixels, axis=1, prepend=0) != 0, axis=1)
    counts = changes[:, width - 1:] - changes[:, :pixels.shape[1] - width + 1]
    y, x = numpy.unravel_index (counts.argmax (), counts.shape)
    return int (y), int (x)


class Screen:
    """An X server without a monitor, of its own number."""

    def __init__ (self, size=SCREEN):
        self.size = size

    def __enter__ (self):
        # a number of our own: searching for one races with other searchers
        for number in random.sample (range (100, 30000), 5):
            if self._start (number):
                break
        else:
            raise AssertionError ('Xvfb does not start')
        self.display = f':{number}'
        self.env = dict (os.environ, DISPLAY=self.display, GDK_BACKEND='x11')
        return self

    def _start (self, number):
        read, write = os.pipe ()
        self.process = subprocess.Popen (
            ['Xvfb', f':{number}', '-displayfd', str (write), '-screen', '0',
             self.size, '-nolisten', 'tcp', '-noreset'],
            pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close (write)
        said = []              # number and line end come one by one

        def on_said (*_):
            said.append (os.read (read, 64))
            return said[-1] != b'' and b'\n' not in said[-1]
        GLib.io_add_watch (read, GLib.PRIORITY_DEFAULT,
                           GLib.IOCondition.IN | GLib.IOCondition.HUP, on_said)
        wait (lambda: said and (not said[-1] or b'\n' in said[-1]), 20, 'Xvfb')
        os.close (read)
        if not said[-1]:
            self.process.wait (10)
        return said[-1] != b''

    def __exit__ (self, kind, value, traceback):
        self.process.terminate ()
        self.process.wait (10)

    def picture (self, window=None):
        """A window, or all of the screen."""
        which = ['-id', str (window)] if window else ['-root']
        return parse_xwd (run (['xwd', '-silent', *which], env=self.env))

    def geometry (self):
        """Also while it changes, when its picture cannot be taken."""
        return tuple (int (n) for n in self.do ('getdisplaygeometry').split ())

    def do (self, *words, timeout=20.0):
        """xdotool."""
        return run (['xdotool', *(str (w) for w in words)], timeout,
                    env=self.env).decode ()

    def wait_window (self, window_class, timeout=30.0):
        """The last visible window of a class, as a number."""
        found = self.do ('search', '--sync', '--onlyvisible', '--class',
                         window_class, timeout=timeout)
        return int (found.split ()[-1])


class RemoteViewer:
    """remote-viewer on a screen of its own.

    Entering waits for its window; the desktop appears in it later: see
    wait_picture."""

    def __init__ (self, port, host='127.0.0.1', password=None, screen=SCREEN,
                  options=(), unix_path=None):
        self.screen = Screen (screen)
        self.options = options
        self.settings = {'type': 'spice', 'password': password}
        if unix_path:
            self.settings['unix-path'] = unix_path
        else:
            self.settings.update (host=host, port=port)

    def __enter__ (self):
        self.screen.__enter__ ()
        # its session file: no password on a command line
        path = os.path.abspath ('remote.vv')
        with open (path, 'w') as file:
            file.write ('[virt-viewer]\n')
            file.writelines (f'{key}={value}\n' for key, value
                             in self.settings.items () if value is not None)
        self.process = subprocess.Popen (
            ['remote-viewer', '--spice-disable-audio', '--auto-resize=never',
             *self.options, path],
            env=self.screen.env, stdout=subprocess.DEVNULL,
            stderr=open ('remote-viewer.log', 'w'))
        self.window = self.screen.wait_window ('remote-viewer')
        return self

    def __exit__ (self, kind, value, traceback):
        self.process.terminate ()
        self.process.wait (10)
        self.screen.__exit__ (kind, value, traceback)

    def picture (self):
        """The whole screen: menus may lie over the window."""
        return self.screen.picture ()

    def wait_picture (self, expected, timeout=30.0):
        """Waits until a picture stands somewhere on the screen, or until a
        predicate of the screen is true; where it stands, or the screen."""
        end = GLib.get_monotonic_time () + timeout * 1e6
        while GLib.get_monotonic_time () < end:
            assert self.process.poll () is None, 'remote-viewer ended'
            found = self._look (expected)
            if found is not None:
                return found
            wait_seconds (LOOK_AGAIN_SECONDS)
        raise Timeout (f'the picture is not on the screen after {timeout} s')

    def _look (self, expected):
        try:
            screen = self.picture ()
        except CommandFailed:  # xwd, when a window goes while it looks
            return None
        if not callable (expected):
            return find (expected, screen)
        return screen if expected (screen) else None

    @staticmethod
    def save (picture, path):
        from PIL import Image
        Image.fromarray (picture[:, :, ::-1]).save (path)

    def focus (self):
        self.screen.do ('windowfocus', '--sync', self.window)

    def key (self, *names):
        """Presses and releases keys, by their X names."""
        self.screen.do ('key', *names)

    def type (self, text):
        self.screen.do ('type', '--delay', 30, text)

    def move (self, x, y):
        """The mouse pointer, in pixels of the screen."""
        self.screen.do ('mousemove', '--sync', x, y)

    def click (self, button=1):
        self.screen.do ('click', button)
