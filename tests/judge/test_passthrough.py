# SPDX-License-Identifier: LGPL-2.1-or-later
"""Films that are encoded already go to viewers as they are: a real client shows
them, one that comes later soon does, and one that cannot decode them gets
another version while the others go on with the original."""

import contextlib
import subprocess
import time

from desk import *
from films import *
from judge import *
from line import Line
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
LONG_FILM = 20             # frames: more than are sent at once to who joins
NARROW_BYTES = 200000      # a second
SOON_SECONDS = 5           # on a busy machine
STILL_SECONDS = 2.5        # longer than it takes until a picture is repaired
ON_SECONDS = 3             # longer than it takes until a film counts as rolling


def film_frames (count=FRAMES):
    """The film of the scene alone, without the desktop around it."""
    raw = subprocess.run (
        [build_path ('bench/scene-frames'), '--scene=film',
         f'--frames={count}'], check=True, stdout=subprocess.PIPE).stdout
    frames = numpy.frombuffer (raw, numpy.uint8).reshape (count, 720, 1280, 4)
    return [inside (frame, FILM_AREA)[:, :, :3].copy () for frame in frames]


class Cinema (FilmDesk):
    """Shows the film, encoded in front of the sink, round and round."""

    rate = RATE

    def __init__ (self, codec, sink='spicesink', between='', encoder=None,
                  **settings):
        super ().__init__ (
            'appsrc name=head is-live=true format=time do-timestamp=true '
            f'! videoconvert ! {encoder or ENCODERS[codec]} name=encoder '
            f'{between} ! {sink} name=s', **settings)
        self.frames = film_frames ()
        self.packed = [pack (frame, 'BGRx') for frame in self.frames]
        self.shown = 0
        self.key_requests = 0

    def __enter__ (self):
        super ().__enter__ ()
        pad = self['encoder'].get_static_pad ('src')
        pad.add_probe (Gst.PadProbeType.EVENT_UPSTREAM, self._on_event)
        return self

    def _on_event (self, pad, info):
        structure = info.get_event ().get_structure ()
        if structure and structure.get_name () == 'GstForceKeyUnit':
            self.key_requests += 1
        return Gst.PadProbeReturn.OK

    def roll (self, show=None):
        """One frame now, the others in their time."""
        (show or self.next) ()
        super ().roll (show)

    def next (self):
        self.show_bytes (self.packed[self.shown % FRAMES], 'BGRx', WIDTH,
                         HEIGHT, rate=RATE)
        self.shown += 1

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


def wait_picture (viewer, shape, is_right, what):
    """Until the viewer's canvas has this shape and is right."""
    display = viewer.display ()

    def look ():
        return (display.size == (shape[1], shape[0]) and
                is_right (display.canvas ()))
    return wait (look, 20, what)


def is_white (picture):
    return picture.mean () > 200


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


def test_declared_film_is_video_at_once ():
    with Cinema ('raw', 'spicedisplaysink', encoder='identity', film=True,
                 **{'streaming-video': 'off'}) as cinema:
        cinema.roll ()
        with Viewer (cinema.port, only=[DISPLAY]) as viewer, \
                StreamDrain.open (cinema.port) as streams:
            # rate control begins below what the film needs
            assert_like (cinema, watch_film (cinema, viewer), LIKE_DB - 8)
            wait (lambda: len (streams.data) > 10, 10, 'packets')
            assert streams.created[0].dest == ALL, streams.created


# ---- who comes late

def roll_on (cinema, count=LONG_FILM):
    cinema.roll ()
    end = cinema.shown + count
    wait (lambda: cinema.shown >= end, 20, 'the film')


def test_late_viewer_gets_a_key_frame ():
    with Cinema ('h264') as cinema:
        cinema.roll ()
        with StreamDrain.open (cinema.port) as first:
            wait (lambda: len (first.data) > LONG_FILM, 20, 'a film')
            asked = cinema.key_requests
            with StreamDrain.open (cinema.port) as late, \
                    Viewer (cinema.port, only=[DISPLAY]) as viewer:
                wait (lambda: cinema.key_requests > asked, 20, 'a request')
                wait (lambda: late.data, 20, 'a first packet')
                assert late.data[0].at - late.created[0].at < SOON_SECONDS
                assert_like (cinema, watch_film (cinema, viewer))
            assert len (first.created) == 1 and not first.destroyed
            assert not first.wrong + late.wrong


def test_key_frames_are_not_asked_for_often ():
    with Cinema ('vp8') as cinema:
        roll_on (cinema)
        began = time.monotonic ()
        for _ in range (6):
            with StreamDrain.open (cinema.port) as streams:
                wait (lambda: streams.data, 5, 'a first packet')
        elapsed = time.monotonic () - began
        assert cinema.key_requests <= 2 * elapsed + 1, \
            (cinema.key_requests, elapsed)


def test_film_of_a_file_is_seen_by_late_viewers ():
    """Nobody can make a key frame for them."""
    subprocess.run (
        ['gst-launch-1.0', '-q', 'videotestsrc', 'num-buffers=600', '!',
         'video/x-raw,width=320,height=240,framerate=30/1', '!',
         'x264enc', 'key-int-max=600', 'bframes=2', 'speed-preset=ultrafast',
         '!', 'mp4mux', '!', 'filesink', 'location=film.mp4'], check=True)
    with Desk ('filesrc location=film.mp4 ! qtdemux ! h264parse ! '
               'spicesink name=s') as desk:
        with StreamDrain.open (desk.port) as first:
            wait (lambda: len (first.data) > 60, 20, 'a film')
            with StreamDrain.open (desk.port) as late:
                wait (lambda: len (late.data) > 60, 5, 'what was before')
                assert not late.wrong
            desk.pause ()
            with Viewer (desk.port, only=[DISPLAY]) as viewer:
                wait_picture (viewer, (240, 320), lambda canvas:
                              canvas.mean () > 50, 'the still film')


# ---- who cannot decode it

def test_others_get_another_version ():
    with Cinema ('h264') as cinema:
        cinema.roll ()
        with StreamDrain.open (cinema.port, codecs=('h264',)) as native:
            wait (lambda: len (native.data) > 10, 20, 'the original')
            draws = len (native.draws)
            with StreamDrain.open (cinema.port, codecs=('mjpeg',)) as other, \
                    StreamDrain.open (cinema.port, codecs=()) as plain, \
                    StreamDrain.open (cinema.port, codecs=('h264', 'mjpeg'),
                                      reports='unable') as unable:
                wait (lambda: len (other.data) > 15 and len (plain.draws) > 5
                      and len (unable.draws) > 5, 20,
                      lambda: f'{other.counts} {plain.counts} {unable.counts}')
                assert [made.codec for made in other.created] == ['mjpeg']
                assert not plain.created, plain.created
                assert [made.codec for made in unable.created] == \
                    ['h264', 'mjpeg'], unable.created
            before = len (native.data)
            wait (lambda: len (native.data) > before + 10, 10, 'more')
            assert [made.codec for made in native.created] == ['h264']
            assert not native.destroyed and not native.wrong
            assert len (native.draws) == draws, native.draws


def test_decoding_ends_with_who_needs_it ():
    with Cinema ('vp8') as cinema:
        cinema.roll ()
        with StreamDrain.open (cinema.port, codecs=('vp8',)) as native:
            with StreamDrain.open (cinema.port, codecs=('mjpeg',)) as other:
                wait (lambda: len (other.data) > 5, 20, 'another version')

            def is_over ():
                draws, data = draws_of (cinema), len (native.data)
                wait (lambda: len (native.data) > data + 5, 10, 'packets')
                return draws_of (cinema) == draws
            poll (is_over, 10, 'no more pictures')


def draws_of (cinema):
    return cinema.stats ('display 0')['draws']


def test_snapshot_shows_what_is_decoded ():
    with Cinema ('mjpeg', 'spicedisplaysink') as cinema:
        cinema.roll ()
        with StreamDrain.open (cinema.port, codecs=('vp8',)) as streams:
            wait (lambda: streams.data or streams.draws[3:], 20, 'pictures')
        picture = cinema.snapshot ()
        assert max (cinema.likeness (number, picture)
                    for number in range (FRAMES)) > LIKE_DB


def forbid_decoders (caps):
    """Of this process."""
    factories = Gst.ElementFactory.list_get_elements (
        Gst.ELEMENT_FACTORY_TYPE_DECODER, Gst.Rank.MARGINAL)
    for factory in Gst.ElementFactory.list_filter (
            factories, Gst.Caps.from_string (caps), Gst.PadDirection.SINK,
            False):
        factory.set_rank (Gst.Rank.NONE)


def warnings_of (desk):
    return [m.parse_warning ()[0].message
            for m in desk.of_type (Gst.MessageType.WARNING)]


def test_missing_decoder_is_told ():
    with Cinema ('h264') as cinema:
        forbid_decoders ('video/x-h264')
        cinema.roll ()
        with StreamDrain.open (cinema.port, codecs=('h264',)) as native, \
                StreamDrain.open (cinema.port, codecs=('mjpeg',)):
            wait (lambda: warnings_of (cinema), 20, 'a warning')
            before = len (native.data)
            wait (lambda: len (native.data) > before + LONG_FILM, 10, 'more')
        assert len (warnings_of (cinema)) == 1, warnings_of (cinema)
        assert 'video/x-h264' in warnings_of (cinema)[0]


# ---- narrow lines

def test_encoder_follows_a_narrow_line ():
    """An application that gives its encoder what the sink tells of has the film
    go on for all, at the rate that the narrow line bears."""
    with Cinema ('h264', 'spicedisplaysink') as cinema, \
            Line (cinema.port) as line:
        rates = []

        def on_bitrate (sink, _):
            rates.append (sink.props.estimated_bitrate)
            if rates[-1]:
                cinema['encoder'].props.bitrate = rates[-1] // 1000
        cinema['s'].connect ('notify::estimated-bitrate', on_bitrate)
        cinema.roll ()
        with StreamDrain.open (cinema.port) as fast, \
                StreamDrain.open (line.port) as slow:
            wait (lambda: len (slow.data) > LONG_FILM, 20, 'a film')
            line.rate = NARROW_BYTES
            wait (lambda: rates and 0 < rates[-1] < 1.5 * NARROW_BYTES * 8, 40,
                  lambda: f'a rate that fits; {rates}')
            count = len (slow.data)
            wait (lambda: len (slow.data) > count + LONG_FILM, 40, 'it goes on')
            assert not fast.destroyed and not slow.destroyed
            assert not fast.wrong + slow.wrong, fast.wrong + slow.wrong
        told = [m.get_structure ().get_uint ('bitrate')[1]
                for m in cinema.of_type (Gst.MessageType.ELEMENT)
                if m.get_structure ().get_name () == 'spice-film-bitrate']
        assert told and set (told) & set (rates), (told, rates)
        wait (lambda: rates[-1] == 0, 20, 'the narrow line to be forgotten')


# ---- what pipelines do

def test_new_size_goes_on ():
    with Cinema ('h264') as cinema:
        cinema.roll ()
        with Viewer (cinema.port, only=[DISPLAY]) as viewer, \
                StreamDrain.open (cinema.port) as streams:
            watch_film (cinema, viewer, 0.5)
            small = cinema.frames[7][:192, :320]
            cinema.roll (lambda: cinema.show (small, rate=RATE))
            wait_picture (viewer, small.shape, lambda canvas:
                          psnr (canvas, small) > LIKE_DB, 'the new size')
            assert streams.created[-1].dest == (0, 0, 320, 192)
            assert not streams.wrong, streams.wrong


def test_raw_and_encoded_take_turns ():
    line = ('appsrc name=head is-live=true format=time do-timestamp=true ! '
            'spicesink name=s')
    red = numpy.full ((48, 64, 3), (0, 0, 255), numpy.uint8)
    with Desk (line) as desk, Viewer (desk.port, only=[DISPLAY]) as viewer:
        for _ in range (3):
            desk.show (red)
            viewer.wait_canvas (red)
            show_jpeg (desk, 120, 80)
            wait_picture (viewer, (80, 120), is_white, 'the white picture')


def show_jpeg (desk, width, height, sized=True):
    made = subprocess.run (
        ['gst-launch-1.0', '-q', 'videotestsrc', 'pattern=white',
         'num-buffers=1', '!', f'video/x-raw,width={width},height={height}',
         '!', 'jpegenc', '!', 'fdsink'], check=True,
        stdout=subprocess.PIPE).stdout
    size = f',width={width},height={height}' if sized else ''
    sample = Gst.Sample.new (
        Gst.Buffer.new_wrapped (made), Gst.Caps.from_string (
            f'image/jpeg,framerate=0/1{size}'), None, None)
    assert desk['head'].emit ('push-sample', sample) == Gst.FlowReturn.OK


def test_end_leaves_the_last_picture ():
    """Clients decode H.264 one frame late."""
    with Cinema ('vp8') as cinema:
        roll_on (cinema)
        cinema.stop ()
        cinema.end_stream ()
        wait (lambda: cinema.of_type (Gst.MessageType.EOS), 10, 'the end')
        with Viewer (cinema.port, only=[DISPLAY]) as viewer:
            last = (cinema.shown - 1) % FRAMES
            wait_picture (viewer, (HEIGHT, WIDTH), lambda canvas:
                          cinema.likeness (last, canvas) > LIKE_DB,
                          'the last frame')


class Light:
    """How dark what is shown gets."""

    def __init__ (self, viewer):
        self.display = viewer.display ()
        self.least = 255.0
        listen (self.display.channel, 'display-invalidate', self._look)

    def _look (self, *_):
        if self.display.size:
            self.least = min (self.least, self.display.canvas ().mean ())


def shows_last (cinema, picture):
    number = (cinema.shown - 1) % FRAMES
    return cinema.likeness (number, picture) > LIKE_DB


def wait_rest (cinema, viewer):
    """The last frame, as the display has it: clients that decode a codec late
    are sent it as a picture."""
    poll (lambda: shows_last (cinema, cinema.snapshot ()) and
          (viewer.canvas () == cinema.snapshot ()).all (), 20, 'the last frame')


def judge_pauses (codec):
    """Who is there keeps the last frame. Then it goes on, and stands still
    again."""
    with Cinema (codec, sink='spicedisplaysink') as cinema:
        cinema.roll ()
        with Viewer (cinema.port, only=[DISPLAY]) as viewer:
            watch_film (cinema, viewer, 0.5)
            light = Light (viewer)
            for _ in range (2):
                cinema.stop ()
                wait_seconds (STILL_SECONDS)
                wait_rest (cinema, viewer)
                roll_on (cinema, ON_SECONDS * RATE)
            assert light.least > min (f.mean () for f in cinema.frames) / 2, \
                light.least
            assert viewer.errors () == []
        assert warnings_of (cinema) == []


def test_h264_pauses ():
    judge_pauses ('h264')


def test_jpeg_pauses ():
    judge_pauses ('mjpeg')


@contextlib.contextmanager
def still_film (codec):
    """Its cinema; nobody has seen it before."""
    with Cinema (codec, sink='spicedisplaysink') as cinema:
        cinema.roll ()
        wait (lambda: cinema.shown > LONG_FILM, 20, 'the film')
        cinema.stop ()
        poll (lambda: shows_last (cinema, cinema.snapshot ()), 20,
              'the last frame')
        yield cinema
        assert warnings_of (cinema) == []


def test_who_comes_to_a_film_that_stands_still_begins_with_it ():
    """spicy-screenshot takes the first draw."""
    for codec in ('mjpeg', 'h264'):
        with still_film (codec) as cinema:
            assert shows_last (cinema, screenshot (cinema.port))


def test_who_stays_with_a_film_that_stands_still_keeps_its_last_frame ():
    """They are sent the packets as well, and clients leave out late ones."""
    for codec in ('mjpeg', 'h264'):
        with still_film (codec) as cinema, \
                Viewer (cinema.port, only=[DISPLAY]) as viewer:
            wait_rest (cinema, viewer)
            wait_seconds (STILL_SECONDS)
            before = viewer.canvas ()
            assert (before == cinema.snapshot ()).all ()
            roll_on (cinema)
            cinema.stop ()
            wait_seconds (STILL_SECONDS)
            wait_rest (cinema, viewer)
            assert (viewer.canvas () != before).any ()


def test_pause_without_a_decoder ():
    """Those who can decode the film need none: they keep what they have."""
    with Cinema ('mjpeg') as cinema:
        forbid_decoders ('image/jpeg')
        cinema.roll ()
        with Viewer (cinema.port, only=[DISPLAY]) as viewer:
            watch_film (cinema, viewer, 0.5)
            light = Light (viewer)
            cinema.stop ()
            wait_seconds (STILL_SECONDS)
            before = viewer.canvas ()
            roll_on (cinema)
            assert (viewer.canvas () != before).any ()
            assert light.least > min (f.mean () for f in cinema.frames) / 2
        assert warnings_of (cinema) == []


def test_rubbish_does_no_harm ():
    """It goes to viewers as it is; a decoder that gives up is tried again."""
    random = numpy.random.default_rng (5)
    for form in ('video/x-h264,stream-format=byte-stream,alignment=au',
                 'video/x-h265,stream-format=byte-stream,alignment=au',
                 'image/jpeg', 'video/x-vp8', 'video/x-vp9'):
        with Desk ('appsrc name=head is-live=true format=time '
                   'do-timestamp=true ! spicedisplaysink name=s') as desk:
            caps = Gst.Caps.from_string (
                form + ',width=64,height=48,framerate=30/1')
            with StreamDrain.open (desk.port) as native, \
                    StreamDrain.open (desk.port, codecs=()) as plain:
                for number in range (60):
                    size = int (random.integers (0, 2000))
                    buffer = Gst.Buffer.new_wrapped (random.bytes (size))
                    if number % 7:
                        buffer.set_flags (Gst.BufferFlags.DELTA_UNIT)
                    desk['head'].emit ('push-sample', Gst.Sample.new (
                        buffer, caps, None, None))
                wait (lambda: native.data, 10, form)
                desk.show (numpy.full ((20, 30, 3), 99, numpy.uint8))
                wait (lambda: native.destroyed and plain.draws, 10, 'pictures')
                assert not native.wrong, native.wrong


def test_size_is_needed ():
    with Desk ('appsrc name=head ! spicedisplaysink name=s') as desk:
        caps = Gst.Caps.from_string ('video/x-vp8')
        desk['head'].emit ('push-sample', Gst.Sample.new (
            Gst.Buffer.new_wrapped (b'0'), caps, None, None))
        wait (lambda: desk.of_type (Gst.MessageType.ERROR), 10, 'an error')
        desk.messages.clear ()
    with Desk ('appsrc name=head ! spicesink name=s') as desk, \
            Viewer (desk.port, only=[DISPLAY]) as viewer:
        show_jpeg (desk, 64, 48, sized=False)
        wait_picture (viewer, (48, 64), is_white, 'a picture of its own size')
        wait_seconds (STILL_SECONDS)
        assert is_white (viewer.canvas ())
