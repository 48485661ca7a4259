# SPDX-License-Identifier: LGPL-2.1-or-later
"""Films of every kind: of odd sizes, half off the screen, behind a window,
drawn by whatever command on whatever surface, and more than there are streams.
A real client watches: beside them all is exact, and in the end all of it."""

from desk import *
from judge import *
from streams import *

WIDTH, HEIGHT, RATE = 1024, 768, 20
SIZE = 160, 96
MOST_STREAMS = 16
AT_REST_SECONDS = 30
BACK = 0xff305070


def picture (number, width, height):
    """A frame: all of it changes, and not at random."""
    x = numpy.arange (width)[None, :]
    y = numpy.arange (height)[:, None]
    made = numpy.empty ((height, width, 4), numpy.uint8)
    made[:, :, 0] = (x * 3 + number * 37) % 256
    made[:, :, 1] = (y * 5 + number * 23) % 256
    made[:, :, 2] = (x + y + number * 51) % 256
    made[:, :, 3] = 255
    return GLib.Bytes.new (made.tobytes ())


class Films (FilmDesk):
    """Draws commands, all in one buffer a frame: draw (commands, number)."""

    rate = RATE

    def __init__ (self, draw, form='XRGB', begin=None, **settings):
        super ().__init__ ('appsrc name=head is-live=true do-timestamp=true '
                           'format=time ! spicedisplaysink name=s',
                           **{'streaming_video': 'all', 'video_codecs': 'mjpeg',
                              **settings})
        self.spice = gst_spice ()
        self.commands = self.spice.Commands.new ()
        self.draw, self.form, self.begin = draw, form, begin
        self.number = 0

    def __enter__ (self):
        super ().__enter__ ()
        self.create (0, self.form, WIDTH, HEIGHT)
        self.commands.fill (0, 0, WIDTH, HEIGHT, BACK, self.spice.Rop.PUT)
        if self.begin:
            self.begin (self)
        self.push ()
        return self

    def create (self, number, form, width, height):
        self.commands.create_surface (
            number, getattr (self.spice.SurfaceFormat, form), width, height)

    def push (self):
        sample = Gst.Sample.new (self.commands.to_buffer (),
                                 self.spice.Commands.make_caps (), None, None)
        answer = self['head'].emit ('push-sample', sample)
        assert answer == Gst.FlowReturn.OK, answer

    def next (self):
        self.number += 1
        self.draw (self, self.number)
        self.push ()

    def copy (self, x, y, number, width=SIZE[0], height=SIZE[1]):
        self.commands.copy_pixels (x, y, width, height,
                                   picture (number, width, height), width * 4)


def is_of (rect, film):
    """Streams lie on even pixels."""
    x, y, width, height = rect
    left, top, across, down = film
    return (left - 1 <= x and top - 1 <= y and x + width <= left + across + 1
            and y + height <= top + down + 1)


def is_same (one, other, area):
    x, y, width, height = area or (0, 0, 0, 0)
    return numpy.array_equal (one[y:y + height, x:x + width],
                              other[y:y + height, x:x + width])


def judge (films, areas, still=(), above=(), count=1):
    """Streams of films are found in these areas, as many as count; still: an
    area that is exact meanwhile; above: one that soon is. At rest all is."""
    with films, Viewer (films.port, only=[DISPLAY]) as viewer, \
            StreamDrain.open (films.port) as streams:
        viewer.wait_canvas (films.snapshot ())
        before = films.snapshot ()
        films.roll ()
        wait (lambda: len (streams.alive) >= count, 30,
              lambda: f'{count} streams; {streams.created}')
        many = len (streams.data)
        wait (lambda: len (streams.data) > many + 10 * count, 30, 'frames')
        for made in streams.created:
            assert any (is_of (made.dest, area) for area in areas), made.dest
            assert made.dest[2] % 2 == made.dest[3] % 2 == 0, made.dest
        assert is_same (viewer.canvas (), before, still)
        if above:
            wait (lambda: is_same (viewer.canvas (), before, above),
                  AT_REST_SECONDS, 'what lies above the film')
        films.stop ()
        viewer.wait_canvas (films.snapshot (), timeout=AT_REST_SECONDS)
        assert not streams.wrong, streams.wrong
        assert viewer.errors () == []
        return streams


def test_film_of_an_odd_size ():
    judge (Films (lambda films, n: films.copy (33, 21, n, 161, 97)),
           [(33, 21, 161, 97)], still=(0, 0, 32, HEIGHT))


def test_film_half_off_the_screen ():
    judge (Films (lambda films, n: films.copy (WIDTH - 99, HEIGHT - 71, n)),
           [(WIDTH - 99, HEIGHT - 71, 99, 71)], still=(0, 0, WIDTH - 100, HEIGHT))


def test_film_behind_a_window ():
    """It is drawn around the window, whose edges lie between parts of 16 by 16
    pixels, of which clips consist."""
    x, y, (width, height) = 64, 64, (240, 180)
    window = (144, 112, 80, 64)

    def draw (films, number):
        films.commands.set_clip (
            [x, y, width, 48, x, y + 48, 80, 64, 224, y + 48, 80, 64,
             x, y + 112, width, height - 112])
        films.copy (x, y, number, width, height)
        films.commands.reset_clip ()

    def begin (films):
        films.copy (*window[:2], 5, *window[2:])
    judge (Films (draw, begin=begin), [(x, y, width, height)], above=window)


def test_film_that_is_composited ():
    def draw (films, number):
        films.commands.composite (
            films.spice.Operator.OVER, 80, 80, *SIZE, picture (number, *SIZE),
            SIZE[0] * 4, None, 0)
    judge (Films (draw), [(80, 80, *SIZE)], still=(0, 0, WIDTH, 80))


def test_film_from_an_off_screen_surface ():
    """Drawn where nobody sees it, shown by copies of the surface."""
    def draw (films, number):
        films.commands.set_target (1)
        films.copy (0, 0, number)
        films.commands.set_target (0)
        films.commands.copy_surface (80, 80, *SIZE, 1, 0, 0)
    judge (Films (draw, begin=lambda films: films.create (1, 'XRGB', *SIZE)),
           [(80, 80, *SIZE)], still=(0, 0, WIDTH, 80))


def test_film_nobody_sees_is_none ():
    """It stays on the surface that is not shown."""
    def draw (films, number):
        films.commands.set_target (1)
        films.copy (0, 0, number)
        films.commands.set_target (0)
    with Films (draw, begin=lambda films: films.create (1, 'XRGB', *SIZE)
                ) as films, StreamDrain.open (films.port) as streams:
        wait (lambda: streams.draws, 20, 'a first picture')
        films.roll ()
        wait (lambda: films.number > 3 * RATE, 30, 'the film')
        assert not streams.created, streams.created


def test_film_on_a_surface_of_15_bits ():
    judge (Films (lambda films, n: films.copy (80, 80, n), form='RGB15'),
           [(80, 80, *SIZE)], still=(0, 0, WIDTH, 80))


def test_more_films_than_streams ():
    """The last is sent as pictures."""
    places = [(8 + 200 * (n % 5), 8 + 190 * (n // 5)) for n in range (17)]

    def draw (films, number):
        for x, y in places:
            films.copy (x, y, number, 96, 96)
    streams = judge (Films (draw), [(x, y, 96, 96) for x, y in places],
                     count=MOST_STREAMS)
    assert len (streams.created) == MOST_STREAMS, streams.created
    assert len ({made.dest for made in streams.created}) == MOST_STREAMS


def test_film_of_frames_of_16_bits ():
    """Frames, not commands."""
    with Desk (streaming_video='all', video_codecs='mjpeg') as desk:
        frame = painting (0, WIDTH, HEIGHT)
        count = [0]

        def show ():
            count[0] += 1
            film = numpy.frombuffer (picture (count[0], *SIZE).get_data (),
                                     numpy.uint8)
            frame[80:80 + SIZE[1], 80:80 + SIZE[0]] = film.reshape (
                SIZE[1], SIZE[0], 4)[:, :, :3]
            desk.show (frame, 'RGB16', rate=RATE)
            return True
        show ()
        with Viewer (desk.port, only=[DISPLAY]) as viewer, \
                StreamDrain.open (desk.port) as streams:
            viewer.wait_canvas (seen (frame, 'RGB16'))
            timer = GLib.timeout_add (1000 // RATE, show)
            wait (lambda: len (streams.data) > 20, 30, 'a film')
            GLib.source_remove (timer)
            viewer.wait_canvas (seen (frame, 'RGB16'),
                                timeout=AT_REST_SECONDS)
            assert viewer.errors () == []
