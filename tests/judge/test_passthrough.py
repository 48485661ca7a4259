# SPDX-License-Identifier: LGPL-2.1-or-later
"""Films that are encoded already go to viewers as they are: a real client shows
them, one that comes later soon does, and one that cannot decode them gets
another version while the others go on with the original."""

import subprocess

from desk import *
from films import *
from judge import *
from streams import *

FRAMES, RATE = 45, 30
WIDTH, HEIGHT = FILM_AREA[2:]
ALL = (0, 0, WIDTH, HEIGHT)
LIKE_DB = 33
ENCODERS = {
    'h264': 'x264enc tune=zerolatency speed-preset=veryfast bitrate=8000 '
            'key-int-max=600',
    'h265': 'x265enc tune=zerolatency speed-preset=ultrafast bitrate=8000 '
            'key-int-max=600',
    'vp8': 'vp8enc deadline=1 cpu-used=8 target-bitrate=8000000 '
           'keyframe-max-dist=600',
    'vp9': 'vp9enc deadline=1 cpu-used=8 target-bitrate=8000000 '
           'keyframe-max-dist=600',
    'mjpeg': 'jpegenc quality=90',
}
OTHERS = {'h264': ('mjpeg', 'vp8'), 'vp8': ('mjpeg',), 'mjpeg': ('vp8',)}


def film_frames (count=FRAMES):
    """The film of the scene alone, without the desktop around it."""
    raw = subprocess.run (
        [build_path ('bench/scene-frames'), '--scene=film',
         f'--frames={count}'], check=True, stdout=subprocess.PIPE).stdout
    frames = numpy.frombuffer (raw, numpy.uint8).reshape (count, 720, 1280, 4)
    return [inside (frame, FILM_AREA)[:, :, :3].copy () for frame in frames]


class Cinema (Desk):
    """Shows the film, encoded in front of the sink, round and round."""

    def __init__ (self, codec, sink='spicesink', between='', encoder=None,
                  **settings):
        super ().__init__ (
            'appsrc name=head is-live=true format=time do-timestamp=true '
            f'! videoconvert ! {encoder or ENCODERS[codec]} name=encoder '
            f'{between} ! {sink} name=s', **settings)
        self.frames = film_frames ()
        self.packed = [pack (frame, 'BGRx') for frame in self.frames]
        self.shown = 0
        self.timer = None
        self.key_requests = 0

    def __enter__ (self):
        super ().__enter__ ()
        pad = self['encoder'].get_static_pad ('src')
        pad.add_probe (Gst.PadProbeType.EVENT_UPSTREAM, self._on_event)
        return self

    def __exit__ (self, kind, value, traceback):
        self.stop ()
        super ().__exit__ (kind, value, traceback)

    def _on_event (self, pad, info):
        structure = info.get_event ().get_structure ()
        if structure and structure.get_name () == 'GstForceKeyUnit':
            self.key_requests += 1
        return Gst.PadProbeReturn.OK

    def roll (self):
        """One frame now, the others in their time."""
        self._next ()
        self.timer = GLib.timeout_add (1000 // RATE, self._next)

    def stop (self):
        if self.timer:
            GLib.source_remove (self.timer)
        self.timer = None

    def _next (self):
        self.show_bytes (self.packed[self.shown % FRAMES], 'BGRx', WIDTH,
                         HEIGHT, rate=RATE)
        self.shown += 1
        return True

    def likeness (self, number, picture):
        return psnr (picture, self.frames[number])


def watch_film (cinema, viewer, seconds=1.5):
    """Watches for a while; what was seen of it."""
    display = viewer.display ()
    viewer.wait (lambda: display.canvas () is not None)
    watch = FilmWatch (display, ALL)
    seen = len (watch.shown)
    wait (lambda: len (watch.shown) - seen > seconds * RATE / 2, 20,
          lambda: f'the film; {len (watch.shown)} frames of {cinema.shown}')
    return watch


def assert_like (cinema, watch, least=LIKE_DB):
    assert watch.kept, watch.shown
    levels = [cinema.likeness (number, kept)
              for number, kept in watch.kept.items ()]
    assert numpy.median (levels) >= least, levels


# ---- each codec

def judge_codec (codec):
    with Cinema (codec) as cinema:
        cinema.roll ()
        with Viewer (cinema.port, only=[DISPLAY]) as viewer, \
                StreamDrain.open (cinema.port) as streams:
            watch = watch_film (cinema, viewer)
            assert_like (cinema, watch)
            wait (lambda: len (streams.data) > 10, 10, 'packets')
            assert [(made.codec, made.dest) for made in streams.created] == \
                [(codec, ALL)], streams.created
            assert not streams.wrong, streams.wrong
            assert viewer.errors () == []


def test_h264_passes_through ():
    judge_codec ('h264')


def test_h265_passes_through ():
    judge_codec ('h265')


def test_vp8_passes_through ():
    judge_codec ('vp8')


def test_vp9_passes_through ():
    judge_codec ('vp9')


def test_jpeg_passes_through ():
    judge_codec ('mjpeg')
