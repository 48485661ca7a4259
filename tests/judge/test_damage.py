# SPDX-License-Identifier: LGPL-2.1-or-later
"""Producers that say what has changed: believed, and never out of step."""

from desk import *
from judge import *

WIDTH, HEIGHT = 640, 360


def show (desk, picture, serial, damage):
    """Hands in a frame with its number and rectangles (x, y, width, height)."""
    spice = gst_spice ()
    height, width = picture.shape[:2]
    buffer = Gst.Buffer.new_wrapped (pack (picture, 'BGRx'))
    meta = spice.buffer_add_spice_damage_meta (buffer, serial)
    for rectangle in damage:
        meta.add_rect (*rectangle)
    caps = Gst.Caps.from_string (f'video/x-raw,format=BGRx,width={width},'
                                 f'height={height},framerate=0/1')
    answer = desk['head'].emit ('push-sample',
                                Gst.Sample.new (buffer, caps, None, None))
    assert answer == Gst.FlowReturn.OK, answer


def paint (picture, x, y, width, height, random):
    """Paints there, and returns where."""
    picture[y:y + height, x:x + width] = random.integers (
        0, 256, (height, width, 3), numpy.uint8)
    return x, y, width, height


def paint_somewhere (picture, random):
    width, height = (int (n) for n in random.integers (1, 120, 2))
    return paint (picture, int (random.integers (0, WIDTH - width)),
                  int (random.integers (0, HEIGHT - height)), width, height,
                  random)


def test_only_damage_is_looked_at ():
    random = numpy.random.default_rng (1)
    with Desk () as desk, Viewer (desk.port) as viewer:
        picture = painting (0, WIDTH, HEIGHT)
        show (desk, picture, 5, [])
        viewer.wait_canvas (picture)
        told = picture.copy ()
        damage = paint (told, 40, 40, 20, 20, random)
        untold = told.copy ()
        paint (untold, 300, 200, 20, 20, random)
        show (desk, untold, 6, [damage])
        viewer.wait_canvas (told)
        show (desk, untold, 7, [])
        desk.show (untold)              # one that tells nothing
        viewer.wait_canvas (untold)
        assert viewer.errors () == []


def test_frames_with_damage_end_exact ():
    for line in ('', ' ! queue', ' ! videoconvert'):
        random = numpy.random.default_rng (2)
        with Desk (f'appsrc name=head{line} ! spicedisplaysink name=s') as desk:
            picture = painting (0, WIDTH, HEIGHT)
            show (desk, picture, 0, [])
            with Viewer (desk.port) as viewer:
                for serial in range (1, 150):
                    damage = [paint_somewhere (picture, random)
                              for _ in range (serial % 4)]
                    show (desk, picture, serial, damage)
                viewer.wait_canvas (picture)
                assert viewer.errors () == []


def test_a_lost_frame_loses_no_change ():
    random = numpy.random.default_rng (3)
    with Desk () as desk, Viewer (desk.port) as viewer:
        picture = painting (0, WIDTH, HEIGHT)
        show (desk, picture, 0, [])
        for serial in range (1, 30):
            damage = [paint_somewhere (picture, random)]
            if serial % 5 != 3:
                show (desk, picture, serial, damage)
            if serial % 5 == 4:
                viewer.wait_canvas (picture)


def test_a_new_size_is_all_new ():
    random = numpy.random.default_rng (4)
    with Desk () as desk, Viewer (desk.port) as viewer:
        for serial in range (12):
            width = WIDTH - serial % 3 * 100
            picture = random.integers (0, 256, (HEIGHT, width, 3), numpy.uint8)
            show (desk, picture, serial, [])
            if serial % 4 == 3:
                viewer.wait_canvas (picture)
