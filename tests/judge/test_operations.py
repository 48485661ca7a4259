# SPDX-License-Identifier: LGPL-2.1-or-later
"""Draw commands of all kinds at random, with brushes, masks, clips, paths,
strings and transforms, on surfaces of every format: after each hundred a real
client shows what our canvas does. Invalid ones between them change nothing.

JUDGE_OPERATIONS: how many commands a run, 1,000 else.
JUDGE_SEED: added to the seed of each run, for other commands."""

import contextlib
import os

from judge import *
from line import Line
from test_commands import COMPRESSIONS, DrawServer, SLOW_BYTES_PER_SECOND, SMALL

DRAWS_A_STEP = 100
STEPS = int (os.environ.get ('JUDGE_OPERATIONS', '1000')) // DRAWS_A_STEP
STEP_TIMEOUT = 30
KINDS = ('fill', 'opaque', 'copy', 'copy-bits', 'blend', 'rop3', 'stroke',
         'text', 'transparent', 'alpha-blend', 'composite')
FIRST_SEED = int (os.environ.get ('JUDGE_SEED', '0'))


def play (seed, view, *more, encoding='auto'):
    """view (server, step, stack): the viewers that come then."""
    with DrawServer (FIRST_SEED + seed, encoding, '--operations', *more) as server, \
            contextlib.ExitStack () as stack:
        viewers = []
        picture = server.draw (1)
        for step in range (STEPS):
            viewers += [stack.enter_context (viewer)
                        for viewer in view (server, step, stack)]
            for viewer in viewers:
                viewer.wait_canvas (picture, timeout=STEP_TIMEOUT)
            picture = server.draw (DRAWS_A_STEP)
        for viewer in viewers:
            viewer.wait_canvas (picture, timeout=STEP_TIMEOUT)
            assert viewer.errors () == []
        counts = server.find (rf'DREW {server.n_draws} .* invalid (\d+) '
                              r'.* spoiled (\d+)')
        # those whose clip leaves nothing are dropped before they are looked at
        refused, spoiled = int (counts[1]), int (counts[2])
        assert 0.9 * spoiled <= refused <= spoiled, counts[0]


def one (server, step, stack):
    return [Viewer (server.port, only=[DISPLAY])] if step == 0 else []


def three (server, step, stack):
    """One is slow and keeps little, one comes late."""
    if step == STEPS // 2:
        return [Viewer (server.port, only=[DISPLAY])]
    if step != 0:
        return []
    line = stack.enter_context (Line (server.port))
    line.rate = SLOW_BYTES_PER_SECOND
    return [Viewer (server.port, only=[DISPLAY]),
            Viewer (line.port, only=[DISPLAY], **SMALL)]


def _define (seed, encoding):
    def test ():
        play (seed, one, encoding=encoding)
    return test


for _seed, _name in enumerate (COMPRESSIONS):
    globals ()[f'test_one_viewer_of_{_name.replace ("-", "_")}'] = \
        _define (_seed, _name)


def _define_favour (seed, kind):
    """In one encoding each; with other seeds in other ones."""
    def test ():
        play (seed, one, '--favour', kind, encoding=list (COMPRESSIONS)[
            (FIRST_SEED + seed) % len (COMPRESSIONS)])
    return test


for _seed, _name in enumerate (KINDS):
    globals ()[f'test_half_are_{_name.replace ("-", "_")}'] = \
        _define_favour (20 + _seed, _name)


def test_three_viewers ():
    play (50, three)


def test_three_viewers_of_glz ():
    play (51, three, encoding='glz')


def test_invalid_commands_disturb_nothing ():
    play (60, one, '--invalid')


for _test in list (globals ().values ()):
    if getattr (_test, '__module__', None) == __name__:
        _test.timeout = 60 + 3 * STEPS
