# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every image encoding a viewer may ask for, decoded by a real client."""

import contextlib

import numpy

from desk import *
from judge import *

# SPICE_IMAGE_COMPRESSION_…
PREFERENCES = {'off': 1, 'auto-glz': 2, 'auto-lz': 3, 'quic': 4, 'glz': 5,
               'lz': 6, 'lz4': 7}
N_PICTURES = 12
PAGE = (640, 400)


def page (number):
    """A page of text-like marks with a photo-like corner that changes."""
    width, height = PAGE
    made = numpy.full ((height, width, 3), 255, numpy.uint8)
    random = numpy.random.default_rng (number // 4)
    marks = random.integers (0, 2, (height // 8, width // 8)).repeat (
        8, 0).repeat (8, 1)
    made[marks[:height, :width] == 1] = (40, 30, 30)
    photo = painting (number, 200, 150)
    made[-150:, -200:] = photo
    x = 16 * number % (width - 40)
    made[20:60, x:x + 40] = (200, 90, 10)
    return made


def prefer (viewer, name):
    channel = viewer.display ().channel
    channel.display_channel_change_preferred_compression (PREFERENCES[name])


def check (names):
    """Viewers of these preferences look on together; one comes late."""
    with Desk () as desk:
        desk.show (page (0))
        with contextlib.ExitStack () as stack:
            viewers = []
            for name in names:
                viewer = stack.enter_context (Viewer (desk.port,
                                                      only=[DISPLAY]))
                viewer.wait_canvas (page (0))
                prefer (viewer, name)
                viewers.append (viewer)
            for number in range (1, N_PICTURES):
                desk.show (page (number))
                for viewer in viewers:
                    viewer.wait_canvas (page (number))
                if number == N_PICTURES // 2:
                    late = stack.enter_context (Viewer (desk.port,
                                                        only=[DISPLAY]))
                    late.wait_canvas (page (number))
                    prefer (late, names[0])
                    viewers.append (late)
            for viewer in viewers:
                assert viewer.errors () == []


def test_viewers_of_all_preferences_at_once ():
    check (list (PREFERENCES))


def test_pages_that_come_back_are_not_sent_again ():
    with Desk () as desk:
        desk.show (page (0))
        with Viewer (desk.port, only=[DISPLAY]) as viewer:
            viewer.wait_canvas (page (0))
            costs = []
            for turn in range (4):
                before = viewer.bytes_read (DISPLAY)
                for number in (4, 8, 12):
                    desk.show (page (number))
                    viewer.wait_canvas (page (number))
                costs.append (viewer.bytes_read (DISPLAY) - before)
            assert costs[-1] < costs[0] / 2, costs
            assert viewer.errors () == []


def _define (name):
    def test ():
        check ([name, name])
    test.__name__ = 'test_viewers_that_prefer_' + name.replace ('-', '_')
    return test


for _name in PREFERENCES:
    _test = _define (_name)
    globals ()[_test.__name__] = _test
del _test
