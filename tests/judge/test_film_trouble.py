# SPDX-License-Identifier: LGPL-2.1-or-later
"""Films in trouble: encoders that are missing, fail or hang; a narrow line that
sound shares; displays with a film each; windows that change their size. A real
client watches, and sees the film go on."""

import contextlib
import threading

from desk import *
from films import *
from judge import *
from line import Line
from sound import *
from streams import *

WIDTH, HEIGHT, RATE = 640, 360, 20
AREA = (64, 32, 320, 192)
AT_REST_SECONDS = 40
NARROW_BYTES = 60000       # a second, of film and sound
TONE_SECONDS = 3.0
FRAMES = 40


def film_frames (width, height):
    """Films of that size, with numbers; they begin again after the last."""
    return scene_frames ('film-screen', 0, FRAMES, width, height)


class Window (FilmDesk):
    """A desktop with a film in a window; what is shown is .picture."""

    rate = RATE

    def __init__ (self, line='appsrc name=head ! spicedisplaysink name=s',
                  heads=('head',), **settings):
        super ().__init__ (line, **{'streaming_video': 'all', **settings})
        self.heads = heads
        self.films = {}
        self.area = AREA
        self.number = 0

    def next (self):
        size = self.area[2:]
        if size not in self.films:
            self.films[size] = film_frames (*size)
        self.picture = numpy.full ((HEIGHT, WIDTH, 3), 96, numpy.uint8)
        inside (self.picture, self.area)[:] = \
            self.films[size][self.number % FRAMES][:, :, :3]
        for head in self.heads:
            self.show (self.picture, head=head, rate=RATE)
        self.number += 1


def wait_film (streams, codec, frames=15):
    wait (lambda: streams.created and streams.created[-1].codec == codec, 40,
          lambda: f'{codec}; {streams.created}')
    count = len (streams.data)
    wait (lambda: len (streams.data) > count + frames, 40, 'frames of it')


@contextlib.contextmanager
def watched (window, codec):
    """A viewer who sees the film begin, by this codec, and what its streams
    are; at the end the film rests, and is shown exactly."""
    window.next ()
    with Viewer (window.port, only=[DISPLAY]) as viewer, \
            StreamDrain.open (window.port) as streams:
        viewer.wait_canvas (window.picture)
        window.roll ()
        wait_film (streams, codec)
        yield viewer, streams
        window.stop ()
        viewer.wait_canvas (window.picture, timeout=AT_REST_SECONDS)
        assert not streams.wrong, streams.wrong
        assert viewer.errors () == []


# ---- encoders

def judge_encoder (spoil):
    """spoil (encoder): once a film of it runs. MJPEG takes over."""
    encoders = []

    def on_setup (server, codec, encoder):
        encoders.append (encoder)
        return False
    with Window (video_codecs='vp8;mjpeg') as window:
        window.server.connect ('encoder-setup', on_setup)
        with watched (window, 'vp8') as (_, streams):
            undo = spoil (encoders[-1])
            wait_film (streams, 'mjpeg')
            told = window.wait_fact ('spice-encoder-failed')
            assert told['encoder'] == 'vp8enc', told
            undo ()


def test_encoder_that_fails_is_replaced ():
    def fail (encoder):
        error = GLib.Error.new_literal (Gst.StreamError.quark (), 'out of ink',
                                        Gst.StreamError.ENCODE)
        encoder.post_message (Gst.Message.new_error (encoder, error, ''))
        return lambda: None
    judge_encoder (fail)


def test_encoder_that_hangs_is_replaced ():
    def hang (encoder):
        goes_on = threading.Event ()

        def on_buffer (pad, info):
            goes_on.wait ()
            return Gst.PadProbeReturn.OK
        encoder.get_static_pad ('sink').add_probe (Gst.PadProbeType.BUFFER,
                                                   on_buffer)
        return goes_on.set
    judge_encoder (hang)


def test_encoder_that_is_missing_is_passed_over ():
    gstreamer ()
    registry = Gst.Registry.get ()
    for factory in Gst.ElementFactory.list_get_elements (
            Gst.ELEMENT_FACTORY_TYPE_VIDEO_ENCODER, Gst.Rank.NONE):
        if 'vp8' in factory.get_name () or 'vp9' in factory.get_name ():
            registry.remove_feature (factory)
    with Window (video_codecs='vp8;vp9;mjpeg') as window, \
            watched (window, 'mjpeg') as (_, streams):
        assert len (streams.created) == 1, streams.created
        assert not window.facts ('spice-encoder-failed')


# ---- displays, sizes

def test_displays_have_a_film_each ():
    with Window ('appsrc name=head ! spicedisplaysink name=s server-name=two '
                 'appsrc name=other ! spicedisplaysink server-name=two '
                 'display-id=1', heads=('head', 'other'),
                 video_codecs='mjpeg') as window:
        window.next ()
        with Viewer (window.port, only=[DISPLAY]) as viewer:
            for number in range (2):
                viewer.wait_canvas (window.picture, number)
            window.roll ()
            for name in ('display 0', 'display 1'):
                poll (lambda: window.stats (name)['video-frames'] > 15, 40,
                      f'a film on {name}')
            window.stop ()
            for number in range (2):
                viewer.wait_canvas (window.picture, number,
                                    timeout=AT_REST_SECONDS)
            assert viewer.errors () == []


def test_film_changes_its_size ():
    """Larger, smaller, elsewhere: the stream goes on with sized frames."""
    with Window (video_codecs='vp8;mjpeg') as window, \
            watched (window, 'vp8') as (viewer, streams):
        for area in ((64, 32, 480, 288), (64, 32, 240, 144),
                     (160, 96, 240, 144)):
            window.area = area
            count = window.number
            wait (lambda: window.number > count + 2 * RATE, 40, 'the film')
        watch = FilmWatch (viewer.display (), window.area)
        wait (lambda: len (set (n for n, _ in watch.shown)) > 5, 40,
              lambda: f'frames; {watch.shown}')
        assert len (streams.alive) <= 1, streams.alive


# ---- a narrow line

def test_sound_goes_on_while_a_film_suffers ():
    """Film and sound share a line that bears a tenth of the film. A viewer on
    another one has both as before."""
    with Window ('appsrc name=head ! spicedisplaysink name=s server-name=line '
                 f'{steady_tone (440)} ! spiceplaybacksink server-name=line',
                 ) as window, Line (window.port) as line:
        window.next ()
        with Viewer (line.port, timeout=40) as slow, \
                Viewer (window.port, timeout=40) as fast:
            for viewer in (slow, fast):
                viewer.wait_canvas (window.picture)
            window.roll ()
            poll (lambda: window.stats ('display 0')['video-frames'] > 40, 40,
                  'a film')
            line.total = NARROW_BYTES
            watch = FilmWatch (fast.display (), AREA)
            for viewer in (slow, fast):
                viewer.playback.hear (1.0)
            heard = slow.playback.hear (TONE_SECONDS)
            assert abs (tone_frequency (heard, 48000) - 440) < 2
            assert gap_free (heard, 48000), gaps (heard, 48000)
            heard = fast.playback.hear (TONE_SECONDS)
            assert gap_free (heard, 48000), gaps (heard, 48000)
            assert len (watch.shown) > TONE_SECONDS * RATE / 2, watch.shown
            line.total = None
            window.stop ()
            for viewer in (slow, fast):
                viewer.wait_canvas (window.picture, timeout=AT_REST_SECONDS)
