# SPDX-License-Identifier: LGPL-2.1-or-later
"""scripts/demo, as a stranger would use it."""

import os
import socket
import subprocess

from clips import TIMEOUT, Programs
from judge import *
from desk import poll
from server import ROOT
from stage import gstreamer

DEMO = os.path.join (ROOT, 'scripts', 'demo')
OPEN = r'remote-viewer spice://127.0.0.1:(\d+)$'
BACKGROUND = 0x78, 0x52, 0x2b
START_SECONDS, END_SECONDS = 60, 30


def private ():
    """Where all that a demo starts lives."""
    os.makedirs ('private', exist_ok=True)
    return os.path.abspath ('private')


def demo (*options):
    return Server ([DEMO, '--no-install', '--record', 'desk.mkv', *options],
                   OPEN, env={'TMPDIR': private ()}, timeout=START_SECONDS,
                   end_timeout=END_SECONDS)


def left_behind ():
    """Processes that were told of the private folder."""
    folder = private ().encode ()
    found = []
    for pid in filter (str.isdigit, os.listdir ('/proc')):
        try:
            with open (f'/proc/{pid}/environ', 'rb') as file:
                if folder in file.read ():
                    found.append (pid)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            pass
    return found


def check_all_gone ():
    poll (lambda: not left_behind (), 10, lambda: f'{left_behind ()} to go')
    assert os.listdir ('private') == []


def play_recording ():
    """Plays the file to its end: (seconds of picture, of sound)."""
    Gst = gstreamer ()
    pipeline = Gst.parse_launch (
        'filesrc location=desk.mkv ! decodebin name=file'
        ' file. ! video/x-raw ! fakesink name=picture'
        ' file. ! audio/x-raw ! fakesink name=sound')
    ends = {'picture': 0, 'sound': 0}

    def on_buffer (pad, info, name):
        buffer = info.get_buffer ()
        ends[name] = max (ends[name], (buffer.pts + buffer.duration) / 1e9)
        return Gst.PadProbeReturn.OK
    for name in ends:
        pipeline.get_by_name (name).get_static_pad ('sink').add_probe (
            Gst.PadProbeType.BUFFER, on_buffer, name)
    pipeline.set_state (Gst.State.PLAYING)
    message = pipeline.get_bus ().timed_pop_filtered (
        30 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
    pipeline.set_state (Gst.State.NULL)
    assert message and message.type == Gst.MessageType.EOS, \
        message and message.parse_error ()
    return ends['picture'], ends['sound']


def is_desktop (picture):
    """Windows on a background: several colours, and many pixels of some."""
    if picture.shape != (720, 1280, 3):
        return False
    packed = picture.astype (numpy.uint32) @ numpy.array (
        [1, 1 << 8, 1 << 16], numpy.uint32)
    colours, counts = numpy.unique (packed, return_counts=True)
    return len (colours) > 50 and (counts > 10000).sum () >= 2


def test_a_stranger_sees_hears_types_and_has_it_recorded ():
    with demo ('--port', '0') as server:
        begun = GLib.get_monotonic_time ()
        with Viewer (server.port, timeout=30) as viewer:
            viewer.wait_canvas (is_desktop)
            assert not is_silent (viewer.playback.hear (2.0), 10)
        type_in_terminal (server.port)
        shown = (GLib.get_monotonic_time () - begun) / 1e6
    # leaving has sent it a Ctrl-C
    assert server.process.returncode == 0, server.output ()
    check_all_gone ()
    for seconds in play_recording ():
        assert shown - 2 < seconds < shown + 5, (seconds, shown)


test_a_stranger_sees_hears_types_and_has_it_recorded.timeout = 150


def run_in_terminal (viewer, command, path):
    """Types a command in the demo's terminal until a file is there;
    a shell that is not up yet forgets what is typed."""
    def is_done (screen):
        if (screen == BACKGROUND).all (axis=2).sum () < 10000:
            return False  # the desktop is not on the screen yet
        viewer.focus ()
        viewer.type (command)
        viewer.key ('Return')
        return os.path.exists (path)
    viewer.wait_picture (is_done, 40)


def type_in_terminal (port):
    """In remote-viewer; what was typed runs on the demo's desktop."""
    path = os.path.abspath ('typed-here')
    with RemoteViewer (port) as viewer:
        run_in_terminal (viewer, f'touch {path}', path)


def test_what_is_copied_on_one_side_is_pasted_on_the_other ():
    ready, pasted = os.path.abspath ('ready'), os.path.abspath ('pasted')
    with demo ('--port', '0') as server, RemoteViewer (server.port) as viewer:
        programs = Programs (viewer.screen.env)
        run_in_terminal (viewer, f'touch {ready}', ready)
        programs.copy (f'touch {pasted}'.encode ())

        def is_pasted (screen):
            viewer.focus ()
            viewer.key ('ctrl+u', 'shift+Insert')
            viewer.key ('Return')
            return os.path.exists (pasted)
        viewer.wait_picture (is_pasted, 40)
        viewer.key ('ctrl+u')
        viewer.type ('echo from the demo | xclip -selection clipboard')
        viewer.key ('Return')
        poll (lambda: programs.paste () == b'from the demo\n', TIMEOUT,
              'what the demo has')


test_what_is_copied_on_one_side_is_pasted_on_the_other.timeout = 200


def test_it_ends_by_itself_with_a_file_that_plays ():
    with demo ('--port', '0', '--seconds', '3') as server:
        server.wait_end (END_SECONDS)
    assert server.process.returncode == 0
    check_all_gone ()
    for seconds in play_recording ():
        assert 2 < seconds < 6, seconds


def test_a_port_in_use_is_told ():
    with socket.socket () as taken:
        taken.bind (('127.0.0.1', 0))
        taken.listen ()
        port = taken.getsockname ()[1]
        ended = subprocess.run (
            [DEMO, '--no-install', '--port', str (port), '--record', 'desk.mkv'],
            env=dict (os.environ, TMPDIR=private ()), timeout=START_SECONDS,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert ended.returncode == 1, ended
    assert f'Port {port}' in ended.stdout and '--port' in ended.stdout, ended
    assert not os.path.exists ('desk.mkv')
    check_all_gone ()


def test_nothing_is_left_of_a_killed_demo ():
    with demo ('--port', '0') as server:
        assert left_behind ()
        server.process.kill ()
        poll (lambda: not left_behind (), 10,
              lambda: f'{left_behind ()} to go')
        server.process.wait (10)
        server.process.returncode, server._ended = 0, True  # as was asked


def has_background (screen):
    return (screen == BACKGROUND).all (axis=2).sum () > 10000


def test_the_desktop_has_the_size_of_the_window ():
    options = ['--auto-resize=always']
    with demo ('--port', '0') as server, \
            Viewer (server.port, timeout=60, audio=False) as witness:
        desktop = witness.display ()
        assert desktop.size == (1280, 720)
        with RemoteViewer (server.port, options=options) as viewer:
            viewer.wait_picture (has_background, 60)
            for width, height in ((900, 700), (1100, 600)):

                def fits (screen):
                    # again: the viewer may be about to fit its window to a
                    # desktop of before
                    viewer.screen.do ('windowsize', viewer.window, width,
                                      height)
                    if not desktop.size:
                        return False
                    # a bar with menus lies above it, and a frame around
                    over = width - desktop.size[0], height - desktop.size[1]
                    return 0 <= over[0] < 40 and 0 <= over[1] < 150
                viewer.wait_picture (fits, 60)
            viewer.wait_picture (has_background, 60)


test_the_desktop_has_the_size_of_the_window.timeout = 240
