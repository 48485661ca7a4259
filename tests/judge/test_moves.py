# SPDX-License-Identifier: LGPL-2.1-or-later
"""What moves inside the picture is moved at the viewer, and is exact there."""

import contextlib

from desk import *
from judge import *
from line import Line
from raw import Drain, RawSession

COPY_BITS = 104
DRAW_COPY = 304
SCENES = ('scroll', 'window')
WIDTH, HEIGHT = 1280, 720
FRAMES, RATE = 150, 50
SLOW_RATE = 100000  # bytes a second: a hundredth of what the scenes take plain
PATIENCE = 40.0      # seconds: eight viewers of this process decode 150 frames


def frames (scene, first, count):
    return [scene_frame (scene, number, WIDTH, HEIGHT)
            for number in range (first, first + count)]


def moving (scene):
    """A server without GStreamer that draws the scene's first frames."""
    return Server ([build_path ('tests', 'bare-server'), f'--scene={scene}',
                    f'--width={WIDTH}', f'--height={HEIGHT}',
                    f'--frames={FRAMES}', f'--fps={RATE}'])


def test_each_step_of_a_move_is_exact ():
    for scene in SCENES:
        pictures = frames (scene, 0, 12)
        with Desk () as desk, Viewer (desk.port) as viewer:
            for picture in pictures:
                desk.show (picture)
                viewer.wait_canvas (picture)
            assert viewer.errors () == []


def test_moves_cost_little ():
    for scene in SCENES:
        pictures = frames (scene, 0, 12)
        with Desk () as desk, RawSession (desk.port) as session, \
                Viewer (desk.port) as viewer:
            desk.show (pictures[0])
            viewer.wait_canvas (pictures[0])
            drain = Drain (session.open_display ())
            wait (lambda: drain.counts[DRAW_COPY][0], what='the first picture')
            first = drain.counts[DRAW_COPY][1]
            for picture in pictures[1:]:
                desk.show (picture)
                viewer.wait_canvas (picture)
            counts = drain.stop ()
            assert counts[COPY_BITS][0] >= 11, counts
            assert counts[DRAW_COPY][1] - first < first, (scene, counts)


def test_viewers_fast_slow_and_late_end_exact ():
    for scene in SCENES:
        last = scene_frame (scene, FRAMES - 1, WIDTH, HEIGHT)
        with contextlib.ExitStack () as stack:
            server = stack.enter_context (moving (scene))
            line = stack.enter_context (Line (server.port))
            line.rate = SLOW_RATE
            slow, fast = (stack.enter_context (Viewer (port, only=[DISPLAY]))
                          for port in (line.port, server.port))
            late = []
            for _ in range (6):
                fast.display ()
                draws = fast.display ().invalidates
                wait (lambda: fast.display ().invalidates > draws + 4,
                      what='more draws')
                late.append (stack.enter_context (
                    Viewer (server.port, only=[DISPLAY])))
            for viewer in (fast, *late):
                viewer.wait_canvas (last, timeout=PATIENCE)
            line.rate = None
            slow.wait_canvas (last, timeout=PATIENCE)
            for viewer in (slow, fast, *late):
                assert viewer.errors () == []
