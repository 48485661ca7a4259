# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a viewer keeps: pictures for all its displays together, pointers."""

import collections
import re

import numpy

from desk import *
from judge import *
from test_cursor import pointing, shape_of, wait_shape
from test_pictures import HEADS

WAIT_FOR_CHANNELS, INVAL_LIST, INVAL_ALL_PIXMAPS, DRAW_COPY = 5, 105, 106, 304
WIDTH, HEIGHT = 256, 192


class Sent:
    """Counts the messages that the server of this process sends: sent['display
    1', 304]."""

    def __init__ (self, category):
        self.category = category
        self.counts = collections.Counter ()
        gstreamer ()

    def __enter__ (self):
        Gst.debug_set_default_threshold (Gst.DebugLevel.NONE)
        Gst.debug_remove_log_function (None)
        Gst.debug_set_threshold_for_name (self.category, Gst.DebugLevel.LOG)
        Gst.debug_add_log_function (self._on_log)
        return self

    def __exit__ (self, kind, value, traceback):
        Gst.debug_set_threshold_for_name (self.category, Gst.DebugLevel.NONE)

    def __getitem__ (self, key):
        return self.counts[key]

    def _on_log (self, category, level, file, function, line, thing, message,
                 *_):
        found = re.match (r'(\S+ \d+) of .*: sends message (\d+)',
                          message.get () or '')
        if found:
            self.counts[found[1], int (found[2])] += 1


def page (number):
    """Marks on white, each number its own."""
    random = numpy.random.default_rng (number)
    marks = random.integers (0, 2, (HEIGHT, WIDTH, 1), numpy.uint8)
    return (255 - marks * random.integers (1, 255, 3, numpy.uint8)).astype (
        numpy.uint8)


def show_in_turn (desk, viewer, numbers):
    """Shows pages on one head and then on the other, which one is first taking
    turns; what each cost the viewer, in bytes."""
    costs, heads = [], [(0, 'left'), (1, 'right')]
    for number in numbers:
        heads.reverse ()
        for display, head in heads:
            before = viewer.bytes_read (DISPLAY)
            desk.show (page (number), head=head)
            viewer.wait_canvas (page (number), display)
            costs.append (viewer.bytes_read (DISPLAY) - before)
    return costs


def test_a_page_on_one_display_is_named_on_the_other ():
    with Desk (HEADS) as desk:
        for head in ('left', 'right'):
            desk.show (page (0), head=head)
        with Viewer (desk.port, only=[DISPLAY]) as viewer:
            for display in (0, 1):
                viewer.wait_canvas (page (0), display)
            costs = show_in_turn (desk, viewer, range (1, 9))
            assert max (costs[1::2]) < 300, costs
            assert min (costs[::2]) > 3000, costs
            assert viewer.errors () == []


def test_displays_wait_for_each_other_when_the_cache_is_small ():
    """Five of these fit into the part for what follows quickly. The order is
    chance, so that one display drops what the other one used last, and both go
    on. Without a dictionary, which makes repeats too small to be kept."""
    random = numpy.random.default_rng (1)
    with Sent ('spicedisplay') as sent, Desk (HEADS) as desk:
        desk['s'].set_property ('image-compression', 'auto-lz')
        for head in ('left', 'right'):
            desk.show (page (0), head=head)
        with Viewer (desk.port, only=[DISPLAY],
                     cache_size=4 * 40 * WIDTH * HEIGHT) as viewer:
            for display in (0, 1):
                viewer.wait_canvas (page (0), display)
            costs = show_in_turn (desk, viewer, random.integers (0, 60, 40))
            assert sum (cost < 300 for cost in costs) >= 40, costs
            # without waiting for the picture in between, until both had to wait
            for _ in range (20):
                for number in random.integers (0, 60, 60):
                    for head in ('left', 'right'):
                        desk.show (page (number), head=head)
                for display in (0, 1):
                    viewer.wait_canvas (page (number), display)
                if all (sent[f'display {display}', WAIT_FOR_CHANNELS]
                        for display in (0, 1)):
                    break
            for display in (0, 1):
                viewer.wait_canvas (page (number), display)
            assert viewer.errors () == []
        for name in ('display 0', 'display 1'):
            assert sent[name, WAIT_FOR_CHANNELS] > 0, sent.counts
            assert sent[name, INVAL_LIST] > 0, sent.counts


def test_a_display_that_ends_leaves_the_other_going ():
    """What it made the viewer keep is dropped, once."""
    with Sent ('spicedisplay') as sent, Desk (HEADS) as desk:
        for head in ('left', 'right'):
            desk.show (page (0), head=head)
        with Viewer (desk.port, only=[DISPLAY]) as viewer:
            show_in_turn (desk, viewer, range (1, 4))
            pad = desk['s'].get_static_pad ('video_1')
            source = desk['right']
            source.set_state (Gst.State.NULL)
            source.get_static_pad ('src').unlink (pad)
            desk.pipeline.remove (source)
            desk['s'].release_request_pad (pad)
            viewer.wait_event ('closed', DISPLAY)
            for number in (1, 2, 1):
                desk.show (page (number), head='left')
                viewer.wait_canvas (page (number), 0)
            assert sent['display 0', INVAL_ALL_PIXMAPS] == 1, sent.counts


def test_a_viewer_of_one_display_never_waits ():
    with Sent ('spicedisplay') as sent, Desk () as desk:
        desk.show (page (0))
        with Viewer (desk.port, only=[DISPLAY],
                     cache_size=4 * 40 * WIDTH * HEIGHT) as viewer:
            viewer.wait_canvas (page (0))
            for number in range (20):
                desk.show (page (number))
                viewer.wait_canvas (page (number))
        assert sent['display 0', INVAL_LIST] > 0, sent.counts
        assert sent['display 0', WAIT_FOR_CHANNELS] == 0


# ---- photos and films

def photo (number):
    """No pixel like its neighbour, none far from it."""
    random = numpy.random.default_rng (number)
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    wave = 100 + 80 * numpy.sin ((x + 9 * number) / 40) * numpy.cos (y / 30)
    noise = random.integers (-3, 4, (HEIGHT, WIDTH, 3))
    return (wave[:, :, None] + noise).astype (numpy.uint8)


def show (desk, viewer, picture):
    """What it cost the viewer, in bytes."""
    before = viewer.bytes_read (DISPLAY)
    desk.show (picture)
    viewer.wait_canvas (picture)
    return viewer.bytes_read (DISPLAY) - before


def test_a_slide_that_comes_back_is_not_sent_again ():
    """Not even after a film at the same place; the cache holds 16 slides."""
    with Desk (jpeg='never') as desk:
        desk.show (photo (0))
        with Viewer (desk.port, only=[DISPLAY],
                     cache_size=4 * 16 * WIDTH * HEIGHT) as viewer:
            viewer.wait_canvas (photo (0))
            for number in (1, 2, 3):
                wait_seconds (0.4)
                assert show (desk, viewer, photo (number)) > 20000
            for number in range (100, 140):
                assert show (desk, viewer, photo (number)) > 20000
            for number in (3, 1, 2):
                assert show (desk, viewer, photo (number)) < 300
            assert viewer.errors () == []


def test_an_animation_that_repeats_is_sent_once ():
    with Desk (jpeg='never') as desk:
        desk.show (photo (0))
        with Viewer (desk.port, only=[DISPLAY]) as viewer:
            viewer.wait_canvas (photo (0))
            costs = [show (desk, viewer, photo (1 + number % 10))
                     for number in range (40)]
            assert min (costs[:10]) > 20000, costs
            assert max (costs[10:]) < 300, costs


# ---- pointers

CURSOR_SET, CURSOR_INVAL_ONE = 103, 107


def point (stage, pointer, viewer, number):
    """Shows a shape with a hot spot of its own; what it cost, in bytes."""
    before = viewer.bytes_read (CURSOR)
    size = 24 + number % 3 * 8
    stage['s'].set_property ('hot-x', number % 20)
    pointer.push (shape_of (size, size, number))
    wait_shape (viewer, shape_of (size, size, number), (number % 20, 0))
    return viewer.bytes_read (CURSOR) - before


def test_a_pointer_that_moves_in_itself_is_sent_once ():
    with pointing () as (stage, pointer, viewer):
        costs = [point (stage, pointer, viewer, number % 10)
                 for number in range (50)]
        # a change of the hot spot alone may come first, as a shape of its own
        assert min (costs[:10]) > 24 * 24 * 4, costs
        assert max (costs[30:]) < 100, costs
        assert viewer.errors () == []


def test_more_pointers_than_are_kept_stay_right ():
    with Sent ('spicecursor') as sent, \
            pointing () as (stage, pointer, viewer):
        for number in (*range (270), *range (269, 230, -1), *range (9)):
            pointer.push (shape_of (8, 8, number))
            wait_shape (viewer, shape_of (8, 8, number))
        assert sent['cursor 0', CURSOR_INVAL_ONE] > 0, sent.counts
