# SPDX-License-Identifier: LGPL-2.1-or-later
"""What comes to be the alpha of a surface that is drawn on with images which
have none: it shows when the surface is laid over another."""

import numpy

from drawing import *
from judge import Viewer
from judge import DISPLAY as DISPLAY_CHANNEL
from stage import Stage

WIDTH, HEIGHT = 16, 12            # of an image
COLUMNS = 8
BELOW = 0x204060
COMPRESSIONS = ('off', 'auto-glz', 'auto-lz', 'quic', 'glz', 'lz', 'lz4')


def noise (seed):
    """0x00RRGGBB, few enough colours for a palette, dark enough to add up."""
    maker = numpy.random.default_rng (seed)
    colours = maker.integers (0, 1 << 24, 16, numpy.uint32) & 0x7f7f7f
    return colours[maker.integers (0, 16, (HEIGHT, WIDTH))]


def wide (values):
    """x1 R5 G5 B5 as 0x00RRGGBB."""
    parts = [values.astype (int) >> shift & 31 for shift in (10, 5, 0)]
    return sum ((part << 3 | part >> 2) << 8 * (2 - i)
                for i, part in enumerate (parts))


def over (source, alpha):
    """source over BELOW, as B, G, R; alpha: 0 or 255."""
    below = numpy.array ([BELOW >> shift & 0xff for shift in (0, 8, 16)])
    parts = numpy.stack ([source >> shift & 0xff for shift in (0, 8, 16)],
                         axis=2).astype (int)
    return numpy.minimum (255, parts + (0 if alpha else below))


def palette_of (values):
    colours, index = numpy.unique (values, return_inverse=True)
    return (bitmap (5, WIDTH, HEIGHT, WIDTH,
                    index.astype (numpy.uint8).tobytes (),
                    palette=colours.tolist ()))


def draws ():
    """Commands on surface 1, and the picture they make over BELOW."""
    area = (0, 0, WIDTH, HEIGHT)
    seen = []

    def place ():
        left = WIDTH * len (seen)
        return left, 0, left + WIDTH, HEIGHT

    def show (command, values, alpha=0):
        seen.append (over (values, alpha))
        return command
    values = noise (1)
    yield show (copy (place (), pixels (values), area, 1), values)
    values = noise (2)
    yield show (copy (place (), pixels (values, image_flags=2), area, 1),
                values, 255)
    values = noise (3)
    yield show (fill_pattern (place (), pixels (values), 1), values)
    values = noise (4)
    yield show (copy (place (), palette_of (values), area, 1), values)
    values = (noise (5) & 0x3def).astype ('<u2')
    yield show (copy (place (), bitmap (6, WIDTH, HEIGHT, WIDTH * 2,
                                        values.tobytes ()), area, 1),
                wide (values))
    values = numpy.full ((HEIGHT, WIDTH), 0x102030, numpy.uint32)
    yield show (copy (place (), pixels (values[1:, 1:]),
                      (0, 0, WIDTH - 1, HEIGHT - 1), 1), values, 255)
    # a surface without alpha
    values = numpy.full ((HEIGHT, WIDTH), 0x302010, numpy.uint32)
    yield show (fill (area, 0x302010, 2)
                + copy (place (), surface_image (2, WIDTH, HEIGHT), area, 1),
                values)
    values = noise (6)
    yield show (copy (place (), pixels (values), area, 1, XOR | INVERS_RES)
                + fill (place (), 0, 1, 4 | XOR | INVERS_RES)
                + copy (place (), pixels (values ^ 0xffffff), area, 1),
                values ^ 0xffffff)
    yield numpy.concatenate (seen, axis=1).astype (numpy.uint8)


def run (compression):
    everything = (0, 0, WIDTH * COLUMNS, HEIGHT)
    *commands, picture = draws ()
    with Stage (source (), '! s.qxl_0 spicesink name=s port=0'
                f' image-compression={compression}') as stage:
        driver = Driver (stage)
        driver.push (create (0, *everything[2:]),
                     create (1, *everything[2:], ARGB),
                     create (2, WIDTH, HEIGHT), fill (everything, BELOW),
                     fill (everything, 0x80102030, 1))
        with Viewer (stage.port, only=[DISPLAY_CHANNEL]) as viewer:
            viewer.wait_canvas (lambda seen: (seen[0, 0] == (
                0x60, 0x40, 0x20)).all ())
            driver.push (*commands)
            driver.push (composite (everything, surface_image (1)))
            viewer.wait_canvas (picture)
            with Viewer (stage.port, only=[DISPLAY_CHANNEL]) as late:
                late.wait_canvas (picture)
                # alpha has come, too
                driver.push (fill (everything, BELOW))
                driver.push (composite (everything, surface_image (1)))
                late.wait_canvas (picture)
                viewer.wait_canvas (picture)


def test_alpha_alone_may_be_called_opaque ():
    """Clients would crash if they were told so."""
    box, half = (0, 0, 32, 32), (0, 0, 32, 16)
    with Stage (source (), '! s.qxl_0 spicesink name=s port=0') as stage:
        driver = Driver (stage)
        driver.push (create (0, 32, 32), create (1, 32, 32, A8),
                     fill (box, 0xffffff))
        with Viewer (stage.port, only=[DISPLAY_CHANNEL]) as viewer:
            viewer.wait_canvas (lambda seen: (seen == 255).all ())
            driver.push (fill (box, 255, 1), composite (
                half, surface_image (1), flags=OVER | SOURCE_OPAQUE))
            viewer.wait_canvas (lambda seen: not seen[:16].any ()
                                and (seen[16:] == 255).all ())
            assert viewer.errors () == []


def test_images_of_alpha_alone_may_be_called_opaque ():
    """They are opaque black on colours, and alpha on alpha, so called or not;
    a viewer that is told the commands sees what a later one is sent."""
    side = 16
    box = (0, 0, side, side)
    alpha = numpy.arange (side * side).reshape (side, side).astype (numpy.uint8)
    image = bitmap (10, side, side, side, alpha.tobytes ())
    with Stage (source (), '! s.qxl_0 spicesink name=s port=0') as stage:
        driver = Driver (stage)
        driver.push (create (0, 4 * side, side), create (1, side, side, ARGB),
                     create (2, side, side, A8),
                     fill ((0, 0, 4 * side, side), 0xffffff),
                     fill (box, 0, 1), fill (box, 0, 2))
        with Viewer (stage.port, only=[DISPLAY_CHANNEL]) as viewer:
            viewer.wait_canvas (lambda seen: (seen == 255).all ())
            for left, flags in (0, OVER), (side, OVER | SOURCE_OPAQUE):
                driver.push (composite ((left, 0, left + side, side), image,
                                        flags=flags))
            for left, surface in (2 * side, 1), (3 * side, 2):
                driver.push (
                    composite (box, image, surface, OVER | SOURCE_OPAQUE),
                    composite ((left, 0, left + side, side),
                               surface_image (surface)))
            black = numpy.zeros ((side, 3 * side), numpy.uint8)
            picture = numpy.dstack (3 * [numpy.hstack ([black, 255 - alpha])])
            viewer.wait_canvas (picture)
            with Viewer (stage.port, only=[DISPLAY_CHANNEL]) as late:
                late.wait_canvas (picture)
            assert viewer.errors () == []


def _define (name):
    def test_one ():
        run (name)
    test_one.__name__ = 'test_alpha_of_' + name.replace ('-', '_')
    return test_one


for _name in COMPRESSIONS:
    _test = _define (_name)
    globals ()[_test.__name__] = _test
del _test
