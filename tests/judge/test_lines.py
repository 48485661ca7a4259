# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lines through clips of several rectangles: a viewer that is told the commands
shows what one shows that comes later and is sent the picture, and lives on.
Where a clip leaves gaps in a row, clients would write behind their memory, and
halve a curve that is a point for ever."""

from drawing import *
from judge import *
from judge import DISPLAY as DISPLAY_CHANNEL
from stage import Stage

WIDTH, HEIGHT = 180, 140
ALL = (0, 0, WIDTH, HEIGHT)
BEGIN, END, CLOSE, BEZIER = 1, 2, 8, 16
CLIPS = {
    'none': None,
    'one above the other': [(0, 0, 100, 103), (40, 103, WIDTH, HEIGHT)],
    'a gap': [(0, 0, 86, HEIGHT), (87, 0, WIDTH, HEIGHT)],
    'two gaps': [(0, 0, 86, HEIGHT), (87, 0, 90, HEIGHT),
                 (92, 0, WIDTH, HEIGHT)],
    'many gaps': [(x, 0, x + 3, HEIGHT) for x in range (0, WIDTH, 4)],
}
FIGURES = {
    'flat': [(BEGIN | END, [(98, 101), (80, 103)])],
    'level': [(BEGIN | END, [(10, 101), (170, 101)])],
    'closed': [(BEGIN | END | CLOSE, [(110, 99), (60, 104), (100, 110),
                                      (70, 117), (120, 117)])],
    'a point': [(BEGIN, [(60, 99)]),
                (END | BEZIER, [(60, 99), (60, 99), (60, 99)])],
    'there and back': [(BEGIN, [(60, 99)]),
                       (END | BEZIER, [(61, 99), (59, 99), (60, 99)])],
    'curve': [(BEGIN, [(60, 99)]),
              (END | BEZIER, [(80, 104), (90, 104), (130, 99)])],
}
TURNS = 5    # what was written to wrong places is found later


def draw_all (driver, turn):
    for clip in CLIPS.values ():
        for figures in FIGURES.values ():
            for dashes in (), (4, 3):
                driver.push (polylines (ALL, figures, dashes, clip=clip, rop=XOR))
                driver.push (fill (ALL, 0x010101 << turn % 7, rop=XOR))
    driver.push (fill ((0, 0, 1, 1), 0xff0000 + turn))


def test_lines_through_clips ():
    with Stage (source (), '! s.qxl_0 spicesink name=s port=0') as stage:
        driver = Driver (stage)
        driver.push (create (0, WIDTH, HEIGHT), fill (ALL, 0x102030))
        with Viewer (stage.port, only=[DISPLAY_CHANNEL]) as viewer:
            for turn in range (TURNS):
                draw_all (driver, turn)

                def is_done (seen):
                    return seen[0, 0].tolist () == [turn, 0, 255]
                viewer.wait_canvas (is_done)
                with Viewer (stage.port, only=[DISPLAY_CHANNEL]) as late:
                    late.wait_canvas (is_done)
                    viewer.wait_canvas (late.part (DISPLAY, 0).canvas ().copy ())
            assert viewer.errors () == []
