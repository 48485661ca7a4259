# SPDX-License-Identifier: LGPL-2.1-or-later
"""As test_sanitized.py, with what comes back and goes beside: a desktop whose
clipboard, size, files, bytes and control are shared.

    JUDGE_BUILD=$PWD/build-asan tests/judge/run.py -k sharing
"""

import os

from clips import Clips, Programs
from desk import poll
from judge import *
from test_files import Drop, equal, listing, noise

SLOW = 30                  # seconds; a sanitizer slows a program down
PATIENCE = {'timeout': SLOW, 'end_timeout': SLOW}
# bytes of the port go back to the viewer they come from
LINE = ('spicesink name=s port=0 file-transfer-dir=drop control=last',
        'videotestsrc is-live=true ! video/x-raw,width=320,height=240 !',
        'spiceinject clipboard=true resize-display=true ! s.video_0',
        'spicesrc name=x x.port_0 ! queue ! s.port_0',
        'x.input ! filesink location=typed buffer-mode=unbuffered')
BYTES = bytes (i * i % 251 for i in range (300000))
TEXT_OF_VIEWER = 'Grüße €'.encode ()


def copy_and_paste (viewer, programs):
    clips = Clips (viewer)
    clips.wait_ready ()
    programs.copy (BYTES.hex ().encode ())
    clips.wait_grab ()
    # one who has just been given control may have asked for what was before
    poll (lambda: clips.fetch () == BYTES.hex ().encode (), SLOW, 'a copy')
    clips.grab (TEXT_OF_VIEWER)
    poll (lambda: programs.paste () == TEXT_OF_VIEWER, SLOW, 'a paste')


def resize (viewer, screen, width, height):
    """In a storm, of which the last counts."""
    viewer.main.update_display_enabled (0, True, False)
    for i in range (30, -1, -1):
        viewer.main.update_display (0, 0, 0, width + i, height + i, True)
    poll (lambda: screen.geometry () == (width, height), SLOW,
          f'a screen of {width} × {height}')


def echo (viewer):
    port = viewer.part (PORT)
    port.wait_opened ()
    port.write (BYTES)
    port.wait_data (BYTES)


def type_something (viewer):
    size = os.path.getsize ('typed')
    viewer.inputs.click (1)
    viewer.inputs.key (0x1e)
    poll (lambda: os.path.getsize ('typed') >= size + 4 * 32, SLOW, 'input')


def leave_in_the_middle (viewer):
    """Of a file and of a paste."""
    cut = Drop (viewer, noise ('from/cut', 20000000))
    Clips (viewer).grab (b'never fetched')
    viewer.wait (lambda: cut.bytes > 1000000, SLOW, 'a file on its way')
    viewer.close ()


def test_sanitized_sharing ():
    os.mkdir ('drop')
    with Screen () as screen, launched (*LINE, env=screen.env,
                                        **PATIENCE) as server:
        programs = Programs (screen.env)
        first = Viewer (server.port, timeout=SLOW)
        first.connect ()
        first.wait_canvas (lambda picture: picture.any ())
        copy_and_paste (first, programs)
        resize (first, screen, 800, 600)
        echo (first)
        type_something (first)
        assert Drop (first, noise ('from/a', 1000000)).wait () == 'ok'
        with Viewer (server.port, timeout=SLOW) as second:
            # who came last has all of it
            server.wait_line ('spice-control-changed', SLOW)
            copy_and_paste (second, programs)
            type_something (second)
            leave_in_the_middle (second)
        server.wait_line ('num-clients=.uint.1', SLOW)
        copy_and_paste (first, programs)
        resize (first, screen, 640, 480)
        first.part (PORT).write (BYTES)
        leave_in_the_middle (first)
        server.wait_line ('num-clients=.uint.0', SLOW)
        first.wait (lambda: len (server.find_all (
            r'name=.string.cut, state=.string.failed')) == 2, SLOW, 'the ends')
    assert listing () == ['a'] and equal ('from/a', 'drop/a')
    assert server.process.returncode == 0, server.output ()


test_sanitized_sharing.timeout = 240
