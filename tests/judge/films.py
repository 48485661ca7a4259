# SPDX-License-Identifier: LGPL-2.1-or-later
"""Films with numbered frames: servers that show one, and what a viewer sees.

    with FilmServer ('film', frames=90) as server, Viewer (server.port) as viewer:
        watch = FilmWatch (viewer.display ())
        server.play ()
        watch.wait_number (89)
        story = watch.story (server.times ())
        assert story.share_shown () > 0.96 and not story.back
        assert watch.psnr ('film') > 35

The film is a scene of bench/scenes.h; bench/film.h says how a frame tells its
number. Its producer reads the same clock as we do. JUDGE_FILMS=reference has
libspice-server show the films, to judge the judge."""

import json
import os
import signal
import time

import numpy

from channels import listen
from loop import wait
from server import Server, build_path, reference, scene_frame

MARK_BITS, BLOCKS_ACROSS = 32, 40
FILM_AREA = (320, 192, 640, 360)             # x, y, width, height
FILM_AREAS = ((64, 64, 320, 192), (640, 384, 480, 288))
SCREEN_AREA = (0, 0, 1280, 720)
PHOTOS_AREA = (64, 32, 1152, 624)
PHOTO_FRAMES = 30
KEEP_EVERY = 10
FPS = 30


# ---- the server's side

def is_reference ():
    return os.environ.get ('JUDGE_FILMS') == 'reference'


def start_ours (words, codecs, streaming, properties):
    settings = dict (properties)
    if codecs:
        settings['video-codecs'] = codecs
    if streaming:
        settings['streaming-video'] = streaming
    line = ' '.join (f'{name.replace ("_", "-")}={value}'
                     for name, value in settings.items ())
    return Server ([build_path ('bench', 'bench-feed'), *words,
                    f'--sink-properties={line}'],
                   env={'GST_PLUGIN_PATH': build_path ('gst'),
                        'GST_REGISTRY': build_path ('judge-registry.bin')})


def start_reference (words, codecs, streaming):
    if codecs:
        maker = 'spice' if codecs == 'mjpeg' else 'gstreamer'
        words = [*words, f'--video-codecs={maker}:{codecs}']
    return reference ('--clients-many', '--no-tablet', '--no-sound',
                      '--join-changes', f'--streaming={streaming or "all"}',
                      *words)


class FilmServer:
    """Holds a scene's first frame until play (), shows so many, holds the last
    one. codecs, streaming, more: properties of spicedisplaysink."""

    def __init__ (self, scene='film', frames=90, codecs=None, streaming=None,
                  width=1280, height=720, fps=FPS, **more):
        words = [f'--scene={scene}', f'--play={frames}', '--times',
                 f'--width={width}', f'--height={height}', f'--fps={fps}']
        self.frames = frames
        self.process = (start_reference (words, codecs, streaming)
                        if is_reference () else
                        start_ours (words, codecs, streaming, more))

    def __enter__ (self):
        self.process.__enter__ ()
        self.port = self.process.port
        return self

    def __exit__ (self, kind, value, traceback):
        self.process.__exit__ (kind, value, traceback)

    def play (self):
        self.process.process.send_signal (signal.SIGUSR2)

    def ask (self):
        """What it has cost so far."""
        told = len (self.process.find_all (r'^\{'))
        self.process.process.send_signal (signal.SIGUSR1)
        wait (lambda: len (self.process.find_all (r'^\{')) > told, 10,
              'the costs')
        return json.loads (self.process.find (r'^\{').string)

    def times (self):
        """{frame: when it was handed over, µs}"""
        return dict (self.ask ()['times'])


# ---- the viewer's side

def read_mark (rows, area, from_below=False):
    """The number a frame shows along an edge; None: none, or not a clear
    one."""
    x, y, width, height = area
    block = width // BLOCKS_ACROSS
    line = y + (height - block if from_below else 0) + block // 2
    first = x + block // 2
    bits = rows[line, first:first + MARK_BITS * block:block, 1]
    if len (bits) < MARK_BITS or numpy.any ((bits > 80) & (bits < 176)):
        return None
    ones = bits > 127
    half = MARK_BITS // 2
    if numpy.any (ones[:half] == ones[half:]):
        return None
    number = int (numpy.packbits (ones[:half] != ones[half - 1],
                                  bitorder='little').view ('<u2')[0])
    return number if number % 2 == ones[half - 1] else None


def psnr (got, expected):
    """dB; infinite for equal pictures."""
    error = (got.astype (numpy.float32) - expected) ** 2
    return (10 * numpy.log10 (255 ** 2 / error.mean ()) if error.any ()
            else numpy.inf)


def inside (picture, area):
    x, y, width, height = area
    return picture[y:y + height, x:x + width]


def outside (picture, *areas):
    """The picture with black in place of the areas."""
    rest = picture.copy ()
    for area in areas:
        inside (rest, area)[:] = 0
    return rest


class Story:
    """What was shown of a film, beside what was handed to the server."""

    def __init__ (self, shown, back, times):
        """shown: [(number, seen at µs)], times: {number: handed over µs},
        back: [(newer, older after it)]"""
        self.back = back
        self.times = times
        self.first_seen = {}
        for number, seen_us in shown:
            if number in times:
                self.first_seen.setdefault (number, seen_us)

    def share_shown (self, since=1):
        """Frames seen of those handed over, from a number on."""
        wanted = [n for n in self.times if n >= since]
        return sum (n in self.first_seen for n in wanted) / len (wanted)

    def latencies (self, since=1):
        """Milliseconds from the hand-over to the viewer's canvas."""
        return [(seen - self.times[n]) / 1000
                for n, seen in self.first_seen.items () if n >= since]

    def freezes (self):
        """[(ms, number after it)]: how long each picture stood."""
        seen = sorted ((us, n) for n, us in self.first_seen.items ())
        return [((b - a) / 1000, n) for (a, _), (b, n) in zip (seen, seen[1:])]

    def longest_freeze (self, until=None):
        return max ((ms for ms, n in self.freezes ()
                     if until is None or n <= until), default=0.0)


class FilmWatch:
    """Notes every frame number a display shows in an area. Some frames are
    kept, to be compared."""

    def __init__ (self, display, area=FILM_AREA, keep_every=KEEP_EVERY,
                  keep_whole=False):
        """keep_whole: all of the canvas, not the film alone"""
        self.display, self.area = display, area
        self.keep_every, self.keep_whole = keep_every, keep_whole
        self.shown = []        # (number, when, µs), of whole frames
        self.kept = {}         # number: pixels
        self.back = []         # (newer, older after it), at any edge
        self.unclear = 0       # changes after which no number was readable
        self._edges = [None, None]
        listen (display.channel, 'display-invalidate', self._on_invalidate)
        self._look ()

    def _on_invalidate (self, channel, x, y, width, height):
        left, top, across, down = self.area
        if (x < left + across and left < x + width and
                y < top + down and top < y + height):
            self._look ()

    def _look (self):
        rows = self.display._rows ()
        edges = [read_mark (rows, self.area, from_below)
                 for from_below in (False, True)]
        if None in edges:
            self.unclear += 1
            return
        for i, (before, now) in enumerate (zip (self._edges, edges)):
            if before is not None and now < before:
                self.back.append ((before, now))
        changed, self._edges = edges != self._edges, edges
        if changed and edges[0] == edges[1]:
            self._note (edges[0], rows)

    def _note (self, number, rows):
        self.shown.append ((number, time.monotonic_ns () // 1000))
        if number and number % self.keep_every == 0 and \
                number not in self.kept:
            part = rows if self.keep_whole else inside (rows, self.area)
            self.kept[number] = part[:, :, :3].copy ()

    @property
    def steps_back (self):
        return len (self.back)

    @property
    def number (self):
        """The frame that is shown; -1: none so far."""
        return self.shown[-1][0] if self.shown else -1

    def wait_number (self, number, timeout=20.0):
        """Waits until this frame, or a later one, is shown."""
        return wait (lambda: self.number >= number, timeout,
                     lambda: f'frame {number}; shown is {self.number}, '
                     f'{len (self.shown)} so far')

    def story (self, times):
        return Story (self.shown, self.back, times)

    def film_of (self, kept):
        return inside (kept, self.area) if self.keep_whole else kept

    def psnrs (self, scene, since=1):
        """dB of each frame kept."""
        return [psnr (self.film_of (kept),
                      inside (scene_frame (scene, number), self.area))
                for number, kept in self.kept.items () if number >= since]

    def psnr (self, scene, since=1):
        """The median frame's."""
        return float (numpy.median (self.psnrs (scene, since)))
