# SPDX-License-Identifier: LGPL-2.1-or-later
"""GStreamer's own tracer counts what is left when a pipeline has ended."""

import os
import re
import subprocess

from judge import *
from server import build_path

ALIVE = re.compile (r'object-alive, type-name=\(string\)(?!%s)([^,]+)')
SOURCES = ('videotestsrc is-live=true {n} ! videoconvert ! s.video_0',
           'videotestsrc is-live=true {n} ! s.video_1',
           'audiotestsrc is-live=true {n} ! audioconvert ! s.audio',
           'videotestsrc is-live=true {n} ! video/x-raw,format=BGRA,width=16,'
           'height=16 ! s.cursor_0',
           'spicerecordsrc {n} ! fakesink')


def leaks (text):
    assert 'object-alive' in text, 'the tracer did not run'
    return ALIVE.findall (text)


def traced (n):
    """A pipeline with every element, and the environment that traces it."""
    line = ' '.join (source.format (n=n) for source in SOURCES)
    words = f'gst-launch-1.0 -v -e spicesink name=s port=0 {line}'.split ()
    return words, {'GST_TRACERS': 'leaks', 'GST_DEBUG': 'GST_TRACER:7',
                   'GST_DEBUG_NO_COLOR': '1'}


def test_a_pipeline_that_ends_leaves_no_object ():
    words, environment = traced ('num-buffers=20')
    done = subprocess.run (
        words, env={**os.environ, 'GST_PLUGIN_PATH': build_path ('gst'),
                    **environment},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=50)
    assert done.returncode == 0, done.stdout[-2000:]
    assert leaks (done.stdout) == []


def test_viewers_leave_no_object ():
    words, environment = traced ('')
    with pipeline (*words[3:], env=environment) as server:
        for _ in range (3):
            with Viewer (server.port) as viewer:
                viewer.wait_canvas (lambda picture: picture.any ())
                viewer.inputs.key (0x1e)
                viewer.playback.hear (0.2)
    assert leaks ('\n'.join (server.lines)) == []
