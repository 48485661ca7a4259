# SPDX-License-Identifier: LGPL-2.1-or-later
"""The browser's client, spice-html5, without a browser.

    with Browser () as browser:
        browser.connect (server.port)
        browser.wait_canvas (picture)
        assert browser.complaints () == []

browser.mjs runs the installed client under node, with a canvas of its own and
plain sockets; this end decodes JPEG for it, keeps what its display channel was
sent, and asks for its canvas. complaints () tells of what a browser shows
wrongly, or not at all, without saying so."""

import collections
import json
import os
import queue
import re
import shutil
import struct
import subprocess
import threading
from io import BytesIO
from urllib.parse import unquote_to_bytes

import numpy
from gi.repository import GLib
from PIL import Image

from loop import wait

HERE = os.path.dirname (os.path.abspath (__file__))
CLIENT = os.environ.get ('JUDGE_HTML5', '/usr/share/spice-html5')
# messages
SET_ACK, PING, NOTIFY = 3, 4, 7
MARK, COPY_BITS, INVAL_LIST, INVAL_ALL_PALETTES = 102, 104, 105, 108
STREAM_CREATE, STREAM_DATA, STREAM_DESTROY = 122, 123, 125
DRAW_FILL, DRAW_COPY, SURFACE_CREATE, SURFACE_DESTROY = 302, 304, 314, 315
STREAM_ACTIVATE_REPORT = 319
STREAM_REPORT = 102            # the client's
HANDLED = {SET_ACK, PING, NOTIFY, MARK, COPY_BITS, INVAL_LIST,
           INVAL_ALL_PALETTES, DRAW_FILL, DRAW_COPY, SURFACE_CREATE,
           SURFACE_DESTROY, STREAM_CREATE, STREAM_DATA, STREAM_DESTROY,
           STREAM_ACTIVATE_REPORT}
MJPEG, VP8 = 1, 2
# images
BITMAP, QUIC, LZ_RGB, FROM_CACHE = 0, 1, 101, 103
SURFACE, JPEG, FROM_CACHE_LOSSLESS, JPEG_ALPHA = 104, 105, 106, 108
CACHE_ME = 1
PUT = 8

Message = collections.namedtuple ('Message', 'type body failed')
Picture = collections.namedtuple (
    'Picture', 'id type flags width height box data')


def picture_of (body):
    """The image of a DRAW_COPY without clip, and where it goes."""
    top, left, bottom, right = struct.unpack_from ('<4i', body, 4)
    at = struct.unpack_from ('<I', body, 21)[0]
    fields = struct.unpack_from ('<QBBII', body, at)
    return Picture (*fields, (left, top, right, bottom), body[at + 18:])


def stream_of (picture):
    """What stands behind the size of a QUIC, LZ or JPEG payload."""
    return picture.data[4:4 + struct.unpack_from ('<I', picture.data)[0]]


# what the client decodes of each kind; a complaint, or None

def _check_bitmap (picture):
    form, flags, width, height, stride = struct.unpack_from ('<BBIII',
                                                             picture.data)
    if form not in (8, 9) or stride != 4 * width or not flags & 4:
        return f'BITMAP of format {form}, stride {stride}, flags {flags}'


def _check_quic (picture):
    kind = struct.unpack_from ('<I', stream_of (picture), 8)[0]
    if kind not in (3, 4, 5):
        return f'QUIC of type {kind}'


def _check_lz (picture):
    kind, top_down = struct.unpack ('>8xI12xI', stream_of (picture)[:28])
    if kind not in (8, 9) or not top_down:
        return f'LZ of type {kind}, top down {top_down}'


def _check_jpeg (picture):
    with Image.open (BytesIO (stream_of (picture))) as file:
        if file.size != (picture.width, picture.height) \
                or file.format != 'JPEG' or 'progressive' in file.info:
            return f'a file of {file.format}, {file.size}, {file.info}'


CHECKS = {BITMAP: _check_bitmap, QUIC: _check_quic, LZ_RGB: _check_lz,
          JPEG: _check_jpeg}


class Kept:
    """What the client has been told to keep; a mirror of its cache."""

    def __init__ (self):
        self.ids = None        # a set, once the client has one

    def check (self, picture):
        if picture.id >> 32:
            return f'image id {picture.id:x}: its halves are mixed up'
        if picture.type in (FROM_CACHE, FROM_CACHE_LOSSLESS):
            return None if picture.id in (self.ids or ()) else \
                f'image {picture.id:x} is not kept'
        if picture.flags & CACHE_ME:
            self.ids = (self.ids or set ()) | {picture.id}
        if picture.type not in CHECKS:
            return f'image type {picture.type}'
        return CHECKS[picture.type] (picture)

    def drop (self, body):
        if self.ids is None:
            return 'INVAL_LIST before an image was kept'
        for i in range (struct.unpack_from ('<H', body)[0]):
            self.ids.discard (struct.unpack_from ('<Q', body, 3 + 9 * i)[0])


def complaint (message, kept):
    """What of a message the client passes over; None: it shows all of it."""
    body = message.body
    if message.failed:
        return message.failed
    if message.type not in HANDLED:
        return 'not handled'
    if message.type == INVAL_LIST:
        return kept.drop (body)
    if message.type == SURFACE_CREATE:
        form = struct.unpack_from ('<12xI', body)[0]
        return None if form in (32, 96) else f'surface of format {form}'
    if message.type in (COPY_BITS, DRAW_FILL, DRAW_COPY) and body[20]:
        return 'clipped'
    if message.type == STREAM_CREATE:
        return None if body[9] in (MJPEG, VP8) else f'codec {body[9]}'
    if message.type == DRAW_FILL:
        kind, rop = struct.unpack_from ('<B4xH', body, 21)
        return None if (kind, rop) == (1, PUT) else f'brush {kind}, rop {rop}'
    return _copy_complaint (body, kept) if message.type == DRAW_COPY else None


def _copy_complaint (body, kept):
    picture = picture_of (body)
    left, top, right, bottom = picture.box
    area, rop = struct.unpack_from ('<16sH', body, 25)
    if struct.unpack ('<4i', area) != (0, 0, picture.height, picture.width) \
            or (right - left, bottom - top) != (picture.width, picture.height):
        return 'a part of an image, or scaled'
    if rop != PUT or body[53:57] != bytes (4):
        return f'rop {rop}, or masked'
    return kept.check (picture)


class Browser:
    """One page with one client."""

    def __init__ (self):
        self.messages = []     # Message: all of the display channel
        self.sent = collections.Counter ()     # by type, of that channel
        self.lines = []        # what the client has to say
        self.pointer = 'auto'  # 'none', or (R G B A, hot x, hot y)
        self.n_images = self.n_loaded = 0
        self._canvas = None
        self._bytes = bytearray ()
        self._ready = self._ended = False

    def __enter__ (self):
        node = shutil.which ('node') or shutil.which ('nodejs')
        assert node, 'no node: install nodejs'
        self.process = subprocess.Popen (
            [node, '--no-warnings', '--experimental-vm-modules',
             os.path.join (HERE, 'browser.mjs'), CLIENT],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        # both ends may have much to say at once, and neither waits to be heard
        self._commands = queue.Queue ()
        self._writer = threading.Thread (target=self._write, daemon=True)
        self._writer.start ()
        descriptor = self.process.stdout.fileno ()
        os.set_blocking (descriptor, False)
        GLib.unix_fd_add_full (GLib.PRIORITY_DEFAULT, descriptor,
                               GLib.IOCondition.IN | GLib.IOCondition.HUP,
                               self._on_output)
        self._wait (lambda: self._ready, 20, 'node to load the client')
        return self

    def __exit__ (self, kind, value, traceback):
        self._commands.put (None)
        self._writer.join (10)
        self.process.stdin.close ()
        self.process.wait (10)
        if kind is not None:
            print ('\n'.join (self.lines))
            return
        assert self.process.returncode == 0, self.process.returncode

    # ---- events

    def _on_output (self, descriptor, condition):
        data = os.read (descriptor, 1 << 20)
        self._bytes += data
        while self._take_event ():
            pass
        self._ended = not data
        return bool (data)

    def _wait (self, condition, timeout, what):
        def holds ():
            assert not self._ended, 'node died; what it said is above'
            return condition ()
        return wait (holds, timeout, what)

    def _take_event (self):
        end = self._bytes.find (b'\n')
        if end < 0:
            return False
        event = json.loads (self._bytes[:end])
        after = end + 1 + event.get ('bytes', 0)
        if len (self._bytes) < after:
            return False
        data = bytes (self._bytes[end + 1:after])
        del self._bytes[:after]
        getattr (self, '_on_' + event['event']) (event, data)
        return True

    def _on_ready (self, event, data):
        self._ready = True

    def _on_log (self, event, data):
        self.lines.append (event['text'])

    def _on_pointer (self, event, data):
        match = re.match (r'url\(data:image/png,(.*)\) (\d+) (\d+)',
                          event['text'])
        if not match:
            self.pointer = event['text']
            return
        with Image.open (BytesIO (unquote_to_bytes (match[1]))) as file:
            self.pointer = (numpy.array (file.convert ('RGBA')),
                            int (match[2]), int (match[3]))

    def _on_message (self, event, data):
        self.messages.append (
            Message (event['type'], data, event.get ('failed')))

    def _on_sent (self, event, data):
        self.sent[event['type']] += 1

    def _on_canvas (self, event, data):
        self._canvas = (None if not data else numpy.frombuffer (
            data, numpy.uint8).reshape (event['height'], event['width'], 4),)

    def _on_image (self, event, data):
        """A file to decode; R G B A goes back."""
        self.n_images += 1
        with Image.open (BytesIO (data)) as file:
            pixels = file.convert ('RGBA')
        self._do ('decoded', pixels.tobytes (), number=event['number'],
                  width=pixels.width, height=pixels.height)

    def _on_loaded (self, event, data):
        self.n_loaded += 1

    # ---- commands

    def _do (self, command, data=b'', **fields):
        head = json.dumps ({'do': command, 'bytes': len (data), **fields})
        self._commands.put (head.encode () + b'\n' + data)

    def _write (self):
        while command := self._commands.get ():
            self.process.stdin.write (command)
            self.process.stdin.flush ()

    def connect (self, port):
        """Opens what the client opens on a page: all channels it knows."""
        self._do ('connect', port=port)

    def begin (self):
        """A display channel of its own, without a server; for play ()."""
        self._do ('begin')

    def play (self, kind, body):
        """Hands it a message as if a server had sent it, and waits until it is
        dealt with."""
        count, images = len (self.messages) + 1, self.n_images
        self._do ('play', body, type=kind)
        self._wait (lambda: len (self.messages) >= count
                    and self.n_loaded == self.n_images, 10,
                    'a message to be played')
        assert not self.messages[-1].failed, self.messages[-1].failed

    def canvas (self, surface=0):
        """R G B A of a surface as height × width × 4; None: there is none."""
        self._canvas = None
        self._do ('canvas', surface=surface)
        return self._wait (lambda: self._canvas, 10, 'a canvas')[0]

    def wait_canvas (self, picture, timeout=20.0):
        """Waits until the canvas shows exactly this, blue first."""
        wanted = numpy.ascontiguousarray (picture[:, :, ::-1])
        seen = [-1]

        def shows ():
            # it changes only with messages and with images that arrive
            now = (len (self.messages), self.n_loaded)
            if now == seen[0]:
                return False
            seen[0] = now
            canvas = self.canvas ()
            return canvas is not None and canvas.shape[:2] == wanted.shape[:2] \
                and (canvas[:, :, :3] == wanted).all () \
                and (canvas[:, :, 3] == 255).all ()
        self._wait (shows, timeout, 'the canvas to show a picture')

    def wait_pointer (self, rgba, hot=(0, 0), timeout=10.0):
        """Waits until the pointer has this shape; instead of a shape also
        'none': it is hidden, 'auto': the page's own arrow."""
        def shows ():
            if isinstance (rgba, str) or isinstance (self.pointer, str):
                return isinstance (rgba, str) and self.pointer == rgba
            # the client takes red for blue
            wanted = rgba[:, :, [2, 1, 0, 3]]
            return self.pointer[1:] == hot \
                and self.pointer[0].shape == wanted.shape \
                and (self.pointer[0] == wanted).all ()
        self._wait (shows, timeout, lambda: f'a pointer; got {self.pointer}')

    # ---- what was sent

    def complaints (self):
        """Of all messages so far, what the client passes over."""
        kept, found = Kept (), []
        for number, message in enumerate (self.messages):
            what = complaint (message, kept)
            if what:
                found.append (f'message {number}, {message.type}: {what}')
        return found

    def pictures (self):
        """The images of all draws so far."""
        return [picture_of (message.body) for message in self.messages
                if message.type == DRAW_COPY]
