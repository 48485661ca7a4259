# SPDX-License-Identifier: LGPL-2.1-or-later
"""A viewer of stream messages, down to the bytes: it decodes nothing.

    with StreamDrain.open (server.port, codecs=('h264',)) as streams:
        wait (lambda: streams.data, 10)
        assert streams.created[0].codec == 'h264'

Reports are sent as it is told: 'good' ones, 'late' ones that tell of frames
which came too late, 'unable' for "I cannot decode that", None for silence."""

import collections
import struct
import time

from raw import Drain, RawSession

CREATE, DATA, CLIP, DESTROY, DESTROY_ALL = 122, 123, 124, 125, 126
DATA_SIZED, ACTIVATE_REPORT = 316, 319
DRAW_TYPES = (*range (302, 313), 318)
STREAM_REPORT, PREFERRED_CODECS = 102, 105
MAIN_INIT_TIME = 6             # of INIT's words: the multimedia time
CODECS = {'mjpeg': 1, 'vp8': 2, 'h264': 3, 'vp9': 4, 'h265': 5}
CODEC_NAMES = {number: name for name, number in CODECS.items ()}
CODEC_CAPS = {'mjpeg': 9, 'vp8': 10, 'h264': 11, 'vp9': 13, 'h265': 14}
SIZED_STREAM, MONITORS, REPORTS, MULTI_CODEC = 0, 1, 4, 8
NO_SOUND = UNABLE = 0xffffffff
LATE_MS, GOOD_MS = -300, 100

Created = collections.namedtuple ('Created',
                                  'at id flags codec size dest clip body')
Data = collections.namedtuple ('Data', 'at id mm_time bytes sized')
Clip = collections.namedtuple ('Clip', 'at id rects')


def read_rect (body, at):
    """(x, y, width, height)"""
    top, left, bottom, right = struct.unpack_from ('<4i', body, at)
    return left, top, right - left, bottom - top


def read_clip (body, at):
    """None: not clipped; else rectangles."""
    if body[at] == 0:
        return None
    count = struct.unpack_from ('<I', body, at + 1)[0]
    return [read_rect (body, at + 5 + 16 * i) for i in range (count)]


def capabilities (codecs):
    """Of a display channel; codecs: None for a client that says nothing of
    codecs at all."""
    caps = [SIZED_STREAM, MONITORS, REPORTS]
    if codecs is not None:
        caps += [MULTI_CODEC, *(CODEC_CAPS[name] for name in codecs)]
    return tuple (caps)


class StreamDrain (Drain):
    def __init__ (self, link, reports='good', clock_ms=0, session=None):
        """clock_ms: multimedia time less the monotonic clock's"""
        self.reports, self.clock_ms, self.session = reports, clock_ms, session
        self.created, self.data, self.clips = [], [], []
        self.destroyed = []    # (at, id)
        self.draws = []        # (at, type, bytes)
        self.wrong = []        # what breaks the order of messages
        self.alive = set ()
        self._asked = {}       # stream: [unique id, window, times of frames]
        super ().__init__ (link)

    @classmethod
    def open (cls, port, codecs=('mjpeg', 'vp8', 'h264', 'vp9', 'h265'),
              reports='good', prefers=(), display_port=None, **options):
        """display_port: of a line to the same server; round trips are those of
        the main channel"""
        session = RawSession (port, **options)
        clock = session.init[MAIN_INIT_TIME] - int (time.monotonic () * 1000)
        Drain (session.main)
        session.links.remove (session.main)
        link = session.open_display (caps=capabilities (codecs),
                                     port=display_port or port)
        drain = cls (link, reports, clock, session)
        if prefers:
            drain.prefer (*prefers)
        return drain

    def __enter__ (self):
        return self

    def __exit__ (self, kind, value, traceback):
        stays = self.is_alive ()
        if stays:
            self.stop ()
        if self.session:
            self.session.main.close ()
        assert stays or kind, 'the server has closed the display'

    # ---- what came

    def note (self, message):
        super ().note (message)
        now, body = time.monotonic (), message.body
        if message.type == CREATE:
            self._create (now, body)
        elif message.type in (DATA, DATA_SIZED):
            self._data (now, body, message.type == DATA_SIZED)
        elif message.type == CLIP:
            self._check (body, 'clip')
            self.clips.append (Clip (now, body[0], read_clip (body, 4)))
        elif message.type == DESTROY:
            self._check (body, 'destroy')
            self.alive.discard (struct.unpack_from ('<I', body)[0])
            self.destroyed.append ((now, struct.unpack ('<I', body)[0]))
        elif message.type == DESTROY_ALL:
            self.destroyed += [(now, number) for number in self.alive]
            self.alive.clear ()
        elif message.type == ACTIVATE_REPORT:
            number, unique, window, _ = struct.unpack ('<4I', body)
            self._asked[number] = [unique, window, []]
        elif message.type in DRAW_TYPES:
            self.draws.append ((now, message.type, len (body)))

    def _check (self, body, what):
        number = struct.unpack_from ('<I', body)[0]
        if number not in self.alive:
            self.wrong.append (f'{what} of stream {number}, which is not there')

    def _create (self, now, body):
        _, number, flags, codec = struct.unpack_from ('<IIBB', body)
        if number in self.alive or number > 63:
            self.wrong.append (f'stream {number} made, alive {self.alive}')
        self.alive.add (number)
        self.created.append (Created (
            now, number, flags, CODEC_NAMES.get (codec, codec),
            struct.unpack_from ('<II', body, 18), read_rect (body, 34),
            read_clip (body, 50), body))

    def _data (self, now, body, sized):
        self._check (body, 'data')
        number, mm_time = struct.unpack_from ('<II', body)
        size = struct.unpack_from ('<I', body, 32 if sized else 8)[0]
        if size != len (body) - (36 if sized else 12):
            self.wrong.append (f'{size} bytes of data in {len (body)}')
        self.data.append (Data (now, number, mm_time, size, sized))
        if number in self._asked and self.reports:
            self._report (number, mm_time)

    # ---- what is told

    def prefer (self, *codecs):
        """Most wanted first."""
        self.link.send_message (PREFERRED_CODECS, bytes (
            [len (codecs), *(CODECS[name] for name in codecs)]))

    def mm_now (self):
        return int (time.monotonic () * 1000 + self.clock_ms) & 0xffffffff

    def _report (self, number, mm_time):
        unique, window, frames = self._asked[number]
        frames.append (mm_time)
        if self.reports == 'unable':
            del self._asked[number]
            self.send_report (number, unique, frames, 0, UNABLE, 0)
        elif len (frames) >= window:
            late = self.reports == 'late'
            self.send_report (number, unique, frames, len (frames),
                              len (frames) if late else 0,
                              LATE_MS if late else GOOD_MS)
            frames.clear ()

    def send_report (self, number, unique, frames, count, drops, delay_ms):
        self.link.send_message (STREAM_REPORT, struct.pack (
            '<6IiI', number, unique, frames[0], frames[-1], count, drops,
            delay_ms, NO_SOUND))

    # ---- questions

    def data_of (self, number):
        return [data for data in self.data if data.id == number]

    def rate_bps (self, seconds=1.0):
        """Of stream data in the last so many seconds."""
        since = time.monotonic () - seconds
        return sum (data.bytes for data in self.data
                    if data.at >= since) * 8 / seconds
