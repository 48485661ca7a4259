# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every encoding, forced by the property "image-compression": a thousand random
draws each, pixel for pixel, for viewers of one kind and of several at once."""

import contextlib
import struct

import numpy

from desk import *
from judge import *

SIZE = (320, 240)
N_DRAWS = 1000
DRAWS_A_FRAME, FRAMES_A_LOOK, MAX_LOOKS = 6, 2, 1000
SMALL_CACHE_BYTES = 256 << 10
SMALL_WINDOW_BYTES = 1 << 20
DRAW_COPY = 304
COMPOSITE_CAP, LZ4_CAP = 2, 5
# SPICE_IMAGE_TYPE_… of the viewers' protocol
BITMAP, QUIC, LZ_PLT, LZ, GLZ, CACHED, ZLIB_GLZ, LZ4 = \
    0, 1, 100, 101, 102, 103, 107, 109
# what each makes: for viewers that take all, and for those without LZ4, GLZ and
# palettes
MAKES = {
    'off': ({BITMAP}, {BITMAP}),
    'auto-glz': ({QUIC, GLZ}, {QUIC, LZ}),
    'auto-lz': ({QUIC, LZ, LZ_PLT}, {QUIC, LZ}),
    'quic': ({QUIC}, {QUIC}),
    'glz': ({GLZ}, {LZ}),
    'lz': ({LZ, LZ_PLT}, {LZ}),
    'lz4': ({LZ4}, {LZ}),
}


class Paper:
    """A picture on which draws of all kinds and sizes fall."""

    def __init__ (self, seed):
        self.random = numpy.random.default_rng (seed)
        width, height = SIZE
        self.picture = numpy.full ((height, width, 3), 240, numpy.uint8)
        self.glyphs = self.random.integers (0, 2, (16, 8, 8, 1), numpy.uint8)
        self.stamps = []       # what may come again
        self.kinds = (self.fill, self.write, self.write, self.shade,
                      self.scatter, self.move, self.scroll, self.repeat,
                      self.repeat)

    def draw (self):
        height, width = self.spread (SIZE[1]), self.spread (SIZE[0])
        top = int (self.random.integers (0, SIZE[1] - height + 1))
        left = int (self.random.integers (0, SIZE[0] - width + 1))
        box = self.picture[top:top + height, left:left + width]
        kind = self.random.choice (len (self.kinds))
        self.kinds[kind] (box)
        if self.random.random () < 0.2:
            self.stamps.append (box.copy ())
            del self.stamps[:-12]

    def spread (self, most):
        """1 to most, small ones more often."""
        return max (1, int (most ** self.random.random ()))

    def colour (self):
        return self.random.integers (0, 256, 3, numpy.uint8)

    def fill (self, box):
        box[:] = self.colour ()

    def write (self, box):
        """Rows of glyphs, the same again and again."""
        height, width = box.shape[:2]
        rows, columns = height // 8 + 1, width // 8 + 1
        chosen = self.glyphs[self.random.integers (0, 16, (rows, columns))]
        text = chosen.swapaxes (1, 2).reshape (rows * 8, columns * 8, 1)
        ink, paper = self.colour (), self.colour ()
        box[:] = numpy.where (text[:height, :width], ink, paper)

    def shade (self, box):
        """As in a photo: gradual, and never quite the same."""
        height, width = box.shape[:2]
        slope = self.random.random ((2, 3)) * 2
        made = (numpy.arange (height)[:, None, None] * slope[0] +
                numpy.arange (width)[None, :, None] * slope[1] +
                self.random.integers (0, 4, box.shape))
        box[:] = made.astype (numpy.uint64).astype (numpy.uint8)

    def scatter (self, box):
        box[:] = self.random.integers (0, 256, box.shape, numpy.uint8)

    def move (self, box):
        height, width = box.shape[:2]
        top = int (self.random.integers (0, SIZE[1] - height + 1))
        left = int (self.random.integers (0, SIZE[0] - width + 1))
        box[:] = self.picture[top:top + height, left:left + width].copy ()

    def scroll (self, box):
        box[:] = numpy.roll (box, int (self.random.integers (-20, 20)), 0)

    def repeat (self, box):
        """Something from before, in another place."""
        if not self.stamps:
            return
        stamp = self.stamps[int (self.random.integers (len (self.stamps)))]
        height = min (stamp.shape[0], box.shape[0])
        width = min (stamp.shape[1], box.shape[1])
        box[:height, :width] = stamp[:height, :width]


class Types (Drain):
    """A viewer that only notes in what encodings images come."""

    def __init__ (self, *parameters):
        self.types = set ()
        super ().__init__ (*parameters)

    def note (self, message):
        super ().note (message)
        if message.type == DRAW_COPY:
            image = struct.unpack_from ('<I', message.body, 21)[0]
            self.types.add (message.body[image + 8])


@contextlib.contextmanager
def peeking (port, old=False):
    """old: without mini headers, LZ4, palettes and a window for GLZ."""
    with RawSession (port) as session:
        link = session.open_display (
            caps=() if old else (COMPOSITE_CAP, LZ4_CAP),
            common=(0, 1) if old else (0, 1, 3),
            init=display_init (window_pixels=0) if old else display_init ())
        drain = Types (link)
        main = Drain (session.main)
        yield drain
        drain.stop ()
        main.stop ()


def check_types (name, drain, makes):
    """Small images are BITMAP whatever is asked for, and so is what an encoding
    makes larger. LZ comes for what is too narrow for QUIC, and to who has just
    come and is not in step with the dictionary, and with it palettes."""
    allowed = makes | {BITMAP, CACHED}
    if name == 'quic' or GLZ in makes:
        allowed = allowed | {LZ}
    if GLZ in makes:
        allowed = allowed | {LZ_PLT}
    if ZLIB_GLZ in makes:
        allowed = allowed | {LZ, LZ_PLT, GLZ}
    assert makes <= drain.types <= allowed, (name, drain.types)


def draw_until (paper, desk, viewers, condition):
    for _ in range (MAX_LOOKS):
        if condition ():
            return
        for _ in range (FRAMES_A_LOOK):
            for _ in range (DRAWS_A_FRAME):
                paper.draw ()
            desk.show (paper.picture)
        for viewer in viewers:
            viewer.wait_canvas (paper.picture)
    raise AssertionError ('no end of drawing')


def has_seen (viewer, n_draws):
    return lambda: viewer.display ().invalidates >= n_draws


def run (name, kinds, seed, peeks=(), makes=None, n_draws=N_DRAWS,
         **settings):
    """Viewers of these properties look on together; one more comes late."""
    paper = Paper (seed)
    expected = makes or MAKES[name]
    with Desk (image_compression=name, **settings) as desk, \
            contextlib.ExitStack () as stack:
        def view (**kind):
            return stack.enter_context (Viewer (desk.port, only=[DISPLAY],
                                                **kind))
        desk.show (paper.picture)
        viewers = [view (**kind) for kind in kinds]
        drains = [stack.enter_context (peeking (desk.port, **peek))
                  for peek in peeks]
        draw_until (paper, desk, viewers, has_seen (viewers[0], n_draws // 2))
        viewers.append (view ())
        draw_until (paper, desk, viewers, has_seen (viewers[0], n_draws))
        # who came later gets its first GLZ after two seconds
        draw_until (paper, desk, viewers,
                    lambda: all (types <= drain.types
                                 for drain, types in zip (drains, expected)))
        for viewer in viewers:
            assert viewer.errors () == []
    for drain, types in zip (drains, expected):
        check_types (name, drain, types)


SEVERAL = ({}, {'cache_size': SMALL_CACHE_BYTES},
           {'glz_window_size': SMALL_WINDOW_BYTES})
PEEKS = ({}, {'old': True})


def _define (name, number):
    def test_one ():
        run (name, [{}], number)

    def test_three ():
        run (name, SEVERAL, 100 + number, PEEKS)
    stem = name.replace ('-', '_')
    test_one.__name__ = f'test_one_viewer_of_{stem}'
    test_three.__name__ = f'test_three_viewers_of_{stem}'
    return test_one, test_three


def test_three_viewers_of_zlib_glz ():
    run ('auto-glz', SEVERAL, 200, PEEKS,
         ({QUIC, ZLIB_GLZ}, {QUIC, LZ}), zlib_glz='always')


def test_viewers_stay_while_the_encoding_changes ():
    paper = Paper (300)
    with Desk () as desk, contextlib.ExitStack () as stack:
        desk.show (paper.picture)
        viewers = [stack.enter_context (Viewer (desk.port, only=[DISPLAY],
                                                **kind)) for kind in SEVERAL]
        for turn, name in enumerate ([*MAKES, *MAKES], 1):
            desk['s'].set_property ('image-compression', name)
            desk['s'].set_property ('zlib-glz', ('never', 'always')[turn % 2])
            draw_until (paper, desk, viewers, has_seen (viewers[0], 60 * turn))
        for viewer in viewers:
            assert viewer.errors () == []


def test_what_was_video_among_draws_ends_exact ():
    for seed, streaming in ((500, 'filter'), (501, 'all')):
        run ('auto-glz', [{}], seed, n_draws=300, streaming_video=streaming)


def test_screenshots_show_the_same_of_every_encoding ():
    paper = Paper (400)
    for _ in range (60):
        paper.draw ()
    with Desk () as desk:
        desk.show (paper.picture)
        for name in MAKES:
            desk['s'].set_property ('image-compression', name)
            assert difference (screenshot (desk.port), paper.picture) == '', name


for _number, _name in enumerate (MAKES):
    for _test in _define (_name, _number):
        globals ()[_test.__name__] = _test
del _test
