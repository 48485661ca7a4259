# SPDX-License-Identifier: LGPL-2.1-or-later
"""The action "resync": a viewer that shows something else than it should is put
right, and so are all others, and whatever comes afterwards is seen as ever."""

import contextlib

import numpy

import drawing
from desk import *
from judge import *
from stage import Stage

WIDTH, HEIGHT, COLUMN = 320, 240, 80
SCREEN = (0, 0, WIDTH, HEIGHT)
BLUE = (255, 0, 0)


def resync (stage, viewers, picture):
    """They are told anew, and show the picture."""
    before = [viewer.display ().creates for viewer in viewers]
    stage['s'].emit ('resync')
    for viewer, creates in zip (viewers, before):
        viewer.wait (lambda: viewer.part (DISPLAY).creates > creates,
                     what='a surface')
        viewer.wait_canvas (picture)
        assert viewer.errors () == []


def test_a_spoilt_picture_is_put_right ():
    picture, after = painting (1), painting (2)
    with Desk ('appsrc name=head ! s.video_0 spicesink name=s') as desk, \
            contextlib.ExitStack () as stack:
        desk.show (picture)
        viewers = [stack.enter_context (Viewer (desk.port, only=[DISPLAY]))
                   for _ in range (3)]
        for viewer in viewers:
            viewer.wait_canvas (picture)
        viewers[0].display ().spoil ()
        assert not viewers[0].canvas ().any ()
        resync (desk, viewers, picture)
        desk.show (after)
        for viewer in viewers:
            viewer.wait_canvas (after)


def noise (seed):
    values = numpy.random.default_rng (seed).integers (
        0, 1 << 24, (HEIGHT, COLUMN), numpy.uint32)
    return values, drawing.pixels (values)


def seen (values):
    return numpy.stack ([values >> shift & 255 for shift in (0, 8, 16)], axis=2)


def test_draws_go_on ():
    """With images that viewers keep, and surfaces that are not shown."""
    values, image = noise (1)
    area = (0, 0, COLUMN, HEIGHT)
    picture = numpy.empty ((HEIGHT, WIDTH, 3), numpy.uint8)
    picture[:] = BLUE

    def paste (column):
        box = (column * COLUMN, 0, (column + 1) * COLUMN, HEIGHT)
        picture[:, box[0]:box[2]] = seen (values)
        return box
    with Stage (drawing.source (), '! s.qxl_0 spicesink name=s port=0') as stage:
        driver = drawing.Driver (stage)
        driver.push (drawing.create (0, WIDTH, HEIGHT),
                     drawing.fill (SCREEN, 0xff),
                     drawing.create (3, COLUMN, HEIGHT),
                     drawing.copy (area, image, area, 3))
        with Viewer (stage.port, only=[DISPLAY]) as first, \
                Viewer (stage.port, only=[DISPLAY]) as second:
            viewers = first, second
            driver.push (drawing.copy (paste (0), image, area))
            driver.push (drawing.copy (paste (1),
                                       drawing.surface_image (3), area))
            for viewer in viewers:
                viewer.wait_canvas (picture)
            resync (stage, viewers, picture)
            driver.push (drawing.copy (paste (2),
                                       drawing.surface_image (3), area))
            driver.push (drawing.copy (paste (3), image, area))
            for viewer in viewers:
                viewer.wait_canvas (picture)
            with Viewer (stage.port, only=[DISPLAY]) as late:
                late.wait_canvas (picture)
