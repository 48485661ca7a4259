# SPDX-License-Identifier: LGPL-2.1-or-later
"""spice-html5 shows what we serve, and is sent nothing that it cannot show."""

import struct
import subprocess

import numpy

from browser import *
from desk import *
from films import FILM_AREA, FilmServer, read_mark
from judge import *
from test_encodings import page

SIZES = ((1, 1), (2, 2), (3, 3), (1, 40), (40, 1), (37, 53), (321, 203))


def check (desk, browser, pictures, form='BGRx'):
    for picture in pictures:
        desk.show (picture, form)
        browser.wait_canvas (seen (picture, form))
    assert browser.complaints () == []


def smooth (number, width=320, height=240):
    """Like a photo: no pixel like its neighbour, none far from it."""
    random = numpy.random.default_rng (number)
    y, x = numpy.mgrid[0:height, 0:width]
    wave = 100 + 80 * numpy.sin ((x + 9 * number) / 40) * numpy.cos (y / 30)
    noise = random.integers (-3, 4, (height, width, 3))
    return (wave[:, :, None] + noise).astype (numpy.uint8)


def test_the_browser_shows_drawings_and_photos ():
    with Desk () as desk, Browser () as browser:
        desk.show (page (0))
        browser.connect (desk.port)
        check (desk, browser, [page (number) for number in range (8)])
        check (desk, browser, [smooth (number, 640, 400) for number in (1, 2)])
        kinds = {picture.type for picture in browser.pictures ()}
        assert {QUIC, LZ_RGB} <= kinds, kinds


def test_the_browser_shows_pictures_it_kept ():
    with Desk () as desk, Browser () as browser:
        desk.show (page (0))
        browser.connect (desk.port)
        check (desk, browser, [page (number) for _ in range (3)
                               for number in (0, 4, 8)])
        kinds = {picture.type for picture in browser.pictures ()}
        assert FROM_CACHE in kinds, kinds


def test_the_browser_forgets_what_it_is_told_to ():
    def large (number):
        return page (4 * number).repeat (2, 0).repeat (2, 1)

    with Desk () as desk, Browser () as browser:
        desk.show (large (0))
        browser.connect (desk.port)
        check (desk, browser, [large (number) for number in (*range (30), 0)])
        assert INVAL_LIST in {message.type for message in browser.messages}


def test_the_browser_shows_every_format ():
    with Desk () as desk, Browser () as browser:
        desk.show (painting (0))
        browser.connect (desk.port)
        for number, form in enumerate (FORMATS):
            check (desk, browser, [painting (number),
                                   painting (number + 1)], form)


def test_the_browser_shows_every_size ():
    with Desk () as desk, Browser () as browser:
        desk.show (painting (0))
        browser.connect (desk.port)
        for width, height in SIZES:
            check (desk, browser, [painting (1, width, height),
                                   smooth (2, width, height),
                                   painting (3, width, height)])


def test_the_browser_shows_moves ():
    with Desk () as desk, Browser () as browser:
        desk.show (page (0))
        browser.connect (desk.port)
        check (desk, browser, [numpy.roll (page (0), 8 * step, 0)
                               for step in range (6)])
        assert COPY_BITS in {message.type for message in browser.messages}


def test_the_browser_shows_whatever_compression_is_set ():
    for name in ('off', 'auto-glz', 'auto-lz', 'quic', 'glz', 'lz', 'lz4'):
        with Desk () as desk, Browser () as browser:
            desk['s'].set_property ('image-compression', name)
            desk['s'].set_property ('zlib-glz', 'always')
            desk.show (page (0))
            browser.connect (desk.port)
            check (desk, browser, [page (4), smooth (1, 640, 400), page (8)])
            kinds = {picture.type for picture in browser.pictures ()}
            if name in ('off', 'lz'):
                assert kinds <= {BITMAP, LZ_RGB, FROM_CACHE}, (name, kinds)


def test_the_browser_shows_photos_that_lost_quality ():
    with Desk (jpeg='always') as desk, Browser () as browser:
        picture = smooth (1, 640, 400)
        desk.show (page (0))
        browser.connect (desk.port)
        browser.wait_canvas (page (0))
        desk.show (picture)
        wait (lambda: shows_about (browser, picture), 20, 'about the picture')
        assert JPEG in {image.type for image in browser.pictures ()}
        assert browser.complaints () == []


def test_the_browser_shows_a_film ():
    frames, numbers = 90, set ()

    def is_filmed ():
        numbers.add (read_mark (browser.canvas (), FILM_AREA))
        return len (numbers - {None}) > 5 and browser.sent[STREAM_REPORT] > 1

    with FilmServer (frames=frames, codecs='mjpeg') as server, \
            Browser () as browser:
        browser.connect (server.port)
        browser.wait_canvas (scene_frame ('film', 0))
        server.play ()
        wait (is_filmed, 20, lambda: f'frames, {numbers}, and reports, '
              f'{browser.sent}')
        kinds = {message.type for message in browser.messages}
        assert {STREAM_CREATE, STREAM_DATA} <= kinds, kinds
        browser.wait_canvas (scene_frame ('film', frames - 1), 30)
        assert browser.complaints () == []


def shows_about (browser, picture):
    canvas = browser.canvas ()
    return psnr (canvas[:, :, 2::-1], picture) > 30


# ---- one image after the other, in encodings we choose

def encode (codec, form, pixels):
    """(type, flags, payload) of pixels in memory's order."""
    height, width = pixels.shape[:2]
    made = subprocess.run (
        [build_path ('tests', 'encode-image'), codec, form, str (width),
         str (height)], input=pixels.tobytes (), stdout=subprocess.PIPE,
        check=True).stdout
    return made[0], made[1], made[2:]


def shown (browser, codec, form, pixels):
    """(image type, canvas) after an image of its own on a new surface."""
    height, width = pixels.shape[:2]
    kind, flags, payload = encode (codec, form, pixels)
    surface_format = 96 if form == 'BGRA' else 32
    browser.play (SURFACE_CREATE, struct.pack ('<5I', 0, width, height,
                                               surface_format, 1))
    browser.play (DRAW_COPY, struct.pack (
        '<I4iBI4iHBB2iI', 0, 0, 0, height, width, 0, 57, 0, 0, height, width,
        PUT, 0, 0, 0, 0, 0) + struct.pack ('<QBBII', 7, kind, flags, width,
                                           height) + payload)
    canvas = browser.canvas ()
    browser.play (SURFACE_DESTROY, struct.pack ('<I', 0))
    return kind, canvas[:, :, [2, 1, 0, 3]]


def contents (width, height):
    """Text, a photo, one colour, few colours, noise."""
    random = numpy.random.default_rng (width * 1000 + height)
    flat = numpy.full ((height, width, 3), (200, 90, 10), numpy.uint8)
    text = numpy.where (random.random ((height, width, 1)) < 0.2, 30, 250)
    few = random.integers (0, 4, (height, width, 1)) * (60, 50, 40)
    noise = random.integers (0, 256, (height, width, 3))
    return [made.astype (numpy.uint8) * numpy.ones (3, numpy.uint8) for made in
            (text, smooth (3, width, height), flat, few, noise)]


def with_alpha (colours, alphas):
    return numpy.dstack ([colours, alphas]).astype (numpy.uint8)


def psnr (a, b):
    error = ((a.astype (float) - b) ** 2).mean ()
    return 10 * numpy.log10 (255 ** 2 / max (error, 1e-9))


def test_the_browser_decodes_what_is_lossless ():
    kinds = set ()
    with Browser () as browser:
        browser.begin ()
        for size in SIZES:
            for picture in contents (*size):
                for codec in ('bitmap', 'lz', 'quic'):
                    kind, canvas = shown (browser, codec, 'BGRx',
                                          with_alpha (picture, 0 * picture[
                                              :, :, 0]))
                    kinds.add (kind)
                    assert (canvas[:, :, :3] == picture).all (), (codec, size)
        assert browser.complaints () == []
    assert kinds == {BITMAP, LZ_RGB, QUIC}, kinds


def test_the_browser_decodes_alphas_of_lz ():
    """Those of QUIC it turns into their opposite."""
    with Browser () as browser:
        browser.begin ()
        for width, height in ((40, 9), (37, 53)):
            alphas = numpy.arange (width * height).reshape (height, width) // 8
            for picture in contents (width, height)[:4]:
                made = with_alpha (picture, alphas)
                _, canvas = shown (browser, 'lz', 'BGRA', made)
                assert (canvas[:, :, 3] == made[:, :, 3]).all ()
                seen_colours = made[:, :, 3:] > 0
                assert (canvas[:, :, :3] * seen_colours
                        == picture * seen_colours).all ()
        assert browser.complaints () == []


def test_the_browser_decodes_jpeg ():
    with Browser () as browser:
        browser.begin ()
        for width, height in ((64, 48), (321, 203)):
            picture = smooth (5, width, height)
            opaque = with_alpha (picture, 0 * picture[:, :, 0])
            kind, canvas = shown (browser, 'jpeg', 'BGRx', opaque)
            assert kind == JPEG, kind
            assert psnr (canvas[:, :, :3], picture) > 35
        assert browser.complaints () == []


def test_the_browser_decodes_jpeg_with_alphas ():
    with Browser () as browser:
        browser.begin ()
        width, height = 64, 48
        picture = smooth (5, width, height)
        alphas = numpy.full ((height, width), 255)
        alphas[10:20, 30:50] = 0
        kind, canvas = shown (browser, 'jpeg', 'BGRA',
                              with_alpha (picture, alphas))
        assert kind == JPEG_ALPHA, kind
        assert (canvas[:, :, 3] == alphas).all ()
        assert psnr (canvas[alphas == 255][:, :3], picture[alphas == 255]) > 35


def test_what_the_browser_passes_over_is_complained_of ():
    """The judge judged: it shows nothing of these, without an error."""
    picture = smooth (5, 40, 30)
    for codec, form, pixels in (('lz4', 'BGRx', with_alpha (
            picture, 0 * picture[:, :, 0])), ('lz', 'BGR', picture)):
        with Browser () as browser:
            browser.begin ()
            _, canvas = shown (browser, codec, form, pixels)
            assert not canvas.any ()
            assert len (browser.complaints ()) == 1, browser.complaints ()
