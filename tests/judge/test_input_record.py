# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a viewer types as buffers: in order and in time, recorded beside a
video, and typed again into another X display."""

import os
import re
import time

from judge import *
from apps import Screen, run
from desk import poll
from server import build_path
from stage import Stage, gstreamer

SCREEN = '640x480x24'
KEY_A, KEY_B, SHIFT, UP = 0x1e, 0x30, 0x2a, 0x148
# of xev: what, where on the screen, which key or button
X_INPUT = re.compile (
    r'^(KeyPress|KeyRelease|ButtonPress|ButtonRelease) event.*\n'
    r'.*root:\((\d+),(\d+)\),\n.*(?:keycode|button) (\d+)', re.MULTILINE)
LONG = 60


# ---- buffers

class Tape:
    """What an appsink got: (pts, text) of each buffer."""

    def __init__ (self, stage, name):
        self.inputs = []
        sink = stage[name]
        sink.set_property ('emit-signals', True)
        sink.connect ('new-sample', self._on_sample)

    def _on_sample (self, sink):
        buffer = sink.emit ('pull-sample').get_buffer ()
        text = buffer.extract_dup (0, buffer.get_size ()).decode ()
        self.inputs.append ((buffer.pts, text.split ()))
        return gstreamer ().FlowReturn.OK

    def wait (self, *words):
        """Until there is an input of these words; its time."""
        def look ():
            return [pts for pts, text in self.inputs
                    if text[2:2 + len (words)] == list (words)]
        return poll (look, LONG, lambda: f'{words} in {self.inputs}')[-1]


def running_time (stage):
    return stage.pipeline.get_clock ().get_time () - \
        stage.pipeline.get_base_time ()


def test_inputs_come_in_order_and_in_time ():
    with Stage ('videotestsrc is-live=true ! spicesink name=s port=0'
                ' spicesrc name=r r.input ! text/x-raw !'
                ' appsink name=tape sync=false') as stage:
        tape = Tape (stage, 'tape')
        with Viewer (stage.port, audio=False) as viewer:
            viewer.display ()
            viewer.inputs
            viewer.wait (lambda: viewer.mouse_mode == CLIENT_MOUSE, LONG)
            times = [running_time (stage)]
            for words, act in (
                    (('key', 'release', '0x1e', 'a'),
                     lambda: viewer.inputs.key (KEY_A)),
                    (('move', '0', '100', '50', '0x0'),
                     lambda: viewer.inputs.position (100, 50)),
                    (('button', 'release', '3', '0x0'),
                     lambda: viewer.inputs.click (3)),
                    (('scroll', '1', '0x0'),
                     lambda: viewer.inputs.wheel (-1)),
                    (('key', 'press', '0x2a', 'Shift_L'),
                     lambda: viewer.inputs.key_press (SHIFT))):
                act ()
                at = tape.wait (*words)
                assert times[-1] <= at <= running_time (stage), (words, times)
                times.append (at)
        tape.wait ('key', 'release', '0x2a', 'Shift_L')
        stamps = [pts for pts, _ in tape.inputs]
        assert stamps == sorted (stamps), stamps
        seconds = [float (text[0]) for _, text in tape.inputs]
        assert seconds == [round (pts / 1e9, 9) for pts in stamps]


# ---- recorded and typed again

def watched (screen):
    """xev on all of a screen."""
    return Server (['stdbuf', '-oL', 'xev', '-geometry', '640x480+0+0'],
                   r'(Expose) event', env={'DISPLAY': screen.display})


def x_inputs (xev):
    return X_INPUT.findall ('\n'.join (xev.lines))


def type_something (viewer, xev):
    """Keys, a chord, clicks and the wheel in two places."""
    inputs = viewer.inputs
    for n, place in enumerate (((100, 50), (400, 300)), 1):
        inputs.position (*place)
        inputs.key (KEY_A)
        inputs.key_press (SHIFT)
        inputs.key (KEY_B)
        inputs.key_release (SHIFT)
        inputs.key (UP)
        inputs.click (1)
        inputs.click (3)
        inputs.wheel (1)
        poll (lambda: len (x_inputs (xev)) == 14 * n, LONG,
              lambda: f'all of it: {x_inputs (xev)}')


def record ():
    """Types on a screen, recording it; what X made of it."""
    with Screen (SCREEN) as screen, watched (screen) as xev:
        line = (f'ximagesrc display-name={screen.display} use-damage=false !'
                ' video/x-raw,framerate=10/1 !'
                f' spiceinject display-name={screen.display} ! videoconvert !'
                ' tee name=t ! queue ! spicesink port=0'
                ' t. ! queue ! jpegenc ! matroskamux name=mux !'
                ' filesink location=session.mkv spiceinputsrc ! mux.'
                ' spiceinputsrc ! filesink location=session.input')
        with pipeline ('-e', line) as server:
            with Viewer (server.port, audio=False) as viewer:
                viewer.display ()
                viewer.inputs
                viewer.wait (lambda: viewer.mouse_mode == CLIENT_MOUSE, LONG)
                type_something (viewer, xev)
        return x_inputs (xev)


def replay (line, expected):
    with Screen (SCREEN) as screen, watched (screen) as xev:
        env = dict (os.environ, DISPLAY=screen.display,
                    GST_PLUGIN_PATH=build_path ('gst'),
                    GST_REGISTRY=build_path ('judge-registry.bin'))
        begun = time.monotonic ()
        run (['gst-launch-1.0', *line.split ()], LONG, env=env)
        seconds = time.monotonic () - begun
        poll (lambda: len (x_inputs (xev)) >= len (expected), LONG,
              lambda: f'{expected}, got {x_inputs (xev)}')
        assert x_inputs (xev) == expected
        return seconds


def recorded_seconds ():
    """Of the last input, by the file of bytes."""
    with open ('session.input', 'rb') as file:
        data = file.read ()
    assert data and len (data) % 32 == 0, len (data)
    return int.from_bytes (data[-24:-16], 'little') / 1e9


def test_a_session_recorded_beside_its_video_is_typed_again ():
    typed = record ()
    assert len (typed) == 28, typed

    last = recorded_seconds ()
    # the picture goes through the same demuxer
    took = replay ('filesrc location=session.mkv ! matroskademux name=file'
                   ' file. ! queue ! jpegdec ! fakesink sync=true'
                   ' file. ! queue ! spiceinputparse ! spiceinputsink', typed)
    assert took > last - 1, (took, last)
    took = replay ('filesrc location=session.input ! spiceinputparse !'
                   ' spiceinputsink target=desk  ximagesrc use-damage=false'
                   ' num-buffers=1 ! spiceinject name=desk ! fakesink', typed)
    assert took > last - 0.1, (took, last)


test_a_session_recorded_beside_its_video_is_typed_again.timeout = 300
