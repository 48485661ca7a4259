# SPDX-License-Identifier: LGPL-2.1-or-later
"""The size of a viewer's window, and what becomes of it in the pipeline."""

import contextlib
import struct

from desk import as_dict, poll
from judge import *
from stage import Stage, gstreamer

AGENT_START, AGENT_DATA = 106, 107
MONITORS_CONFIG, DISPLAY_CONFIG, VOLUME_SYNC = 2, 5, 15
SOURCE = 'videotestsrc is-live=true pattern=black'
SIZED = SOURCE + ' ! video/x-raw,width=320,height=240'


@contextlib.contextmanager
def watching (port, **options):
    """A viewer with an agent and a picture."""
    with Viewer (port, audio=False, timeout=60, **options) as viewer:
        viewer.wait (lambda: viewer.main.get_property ('agent-connected'),
                     what='the agent')
        viewer.display ()
        yield viewer


def wish (viewer, *sizes):
    """The window of each display, as [x, y,] width, height."""
    for number, size in enumerate (sizes):
        place = size if len (size) == 4 else (0, 0, *size)
        viewer.main.update_display_enabled (number, True, False)
        viewer.main.update_display (number, *place, False)
    assert viewer.main.send_monitor_config ()


def monitors (structure):
    """(display id, x, y, width, height) of each monitor of a message."""
    return [tuple (one[field] for field in
                   ('display-id', 'x', 'y', 'width', 'height'))
            for one in as_dict (structure)['monitors']]


def watch_events (stage, name):
    """Structures of the events that come up to an element."""
    Gst = gstreamer ()
    got = []

    def on_event (pad, info):
        event = info.get_event ()
        if event.type == Gst.EventType.CUSTOM_UPSTREAM:
            got.append (event.get_structure ().copy ())
        return Gst.PadProbeReturn.OK
    stage[name].get_static_pad ('src').add_probe (
        Gst.PadProbeType.EVENT_UPSTREAM, on_event)
    return got


def size_of (viewer, display=0):
    return viewer.display (display).size


def wait_size (viewer, width, height, display=0):
    part = viewer.display (display)
    viewer.wait (lambda: part.size == (width, height), None,
                 lambda: f'{width}x{height}, it is {part.size}')


# ---- what the application hears

def test_a_window_is_told_in_three_ways ():
    with Stage (SOURCE, 'name=v ! spicesink name=s port=0') as stage:
        events = watch_events (stage, 'v')
        signals = []
        server = stage['s'].get_property ('server')
        server.connect ('monitors-config', lambda _, client, config:
                        signals.append ((client, monitors (config))))
        with watching (stage.port) as viewer:
            wish (viewer, (1000, 700))
            viewer.wait (lambda: events and signals and stage.events (
                'spice-monitors-config'))
            client = server.get_property ('num-clients')
            assert client == 1
        told = stage.events ('spice-monitors-config')[-1]
        assert monitors (told) == [(0, 0, 0, 1000, 700)], told.to_string ()
        assert signals[-1] == (told.get_value ('connection-id'),
                               [(0, 0, 0, 1000, 700)]), signals
        event = events[-1]
        assert event.get_name () == 'application/x-spice-monitors-config'
        assert (event.get_value ('display-id'), event.get_value ('width'),
                event.get_value ('height')) == (0, 1000, 700)
        assert monitors (event) == [(0, 0, 0, 1000, 700)]
        # nobody has asked for more
        assert stage['v'].get_static_pad ('src').get_current_caps () \
            .get_structure (0).get_value ('width') == 320


def test_two_displays_hear_of_their_own ():
    with Stage (SIZED, '! identity name=a ! spicesink name=s port=0 ', SIZED,
                '! identity name=b ! s.') as stage:
        first, second = watch_events (stage, 'a'), watch_events (stage, 'b')
        with watching (stage.port) as viewer:
            viewer.display (1)
            wish (viewer, (0, 0, 800, 600), (800, 0, 640, 480))

            def told ():
                """At last; what was told before was of another wish."""
                return [monitors (events[-1]) if events else None for events in
                        (first, second, stage.events ('spice-monitors-config'))]
            wanted = [(0, 0, 0, 800, 600), (1, 800, 0, 640, 480)]
            poll (lambda: told () == [wanted[:1], wanted[1:], wanted], 30, told)


# ---- auto-resize

def test_the_picture_follows_the_window ():
    with pipeline (SOURCE, '! spicesink auto-resize=true port=0') as server:
        with watching (server.port) as viewer:
            for size in ((800, 600), (1024, 768), (400, 300)):
                wish (viewer, size)
                wait_size (viewer, *size)
                viewer.wait_canvas (
                    lambda picture: picture.shape[:2] == size[::-1])
            # a width of whole words, and bounds
            wish (viewer, (1001, 501))
            wait_size (viewer, 1000, 501)
            wish (viewer, (10, 10))
            wait_size (viewer, 64, 64)
        # the next viewer sees what is there
        with watching (server.port) as viewer:
            assert size_of (viewer) == (64, 64)


def test_a_converter_on_the_way_does_not_matter ():
    with pipeline (SOURCE, '! videoconvert ! video/x-raw,format=I420 !'
                   ' queue ! spicesink auto-resize=true port=0') as server:
        with watching (server.port) as viewer:
            wish (viewer, (640, 360))
            wait_size (viewer, 640, 360)


def test_a_fixed_size_stays ():
    with pipeline (SIZED, '! spicesink auto-resize=true port=0') as server:
        with watching (server.port) as viewer:
            wish (viewer, (640, 360))
            server.wait_line ('spice-monitors-config', 60)
            assert size_of (viewer) == (320, 240)
            assert viewer.errors () == []


def test_a_storm_of_resizes_ends_in_the_last_size ():
    with pipeline (SOURCE, '! spicesink auto-resize=true port=0') as server:
        with watching (server.port) as viewer:
            for step in range (300):
                wish (viewer, (400 + 4 * step % 80, 300))
            wish (viewer, (640, 480))
            wait_size (viewer, 640, 480)
            assert viewer.errors () == []


def test_displays_are_resized_one_by_one ():
    with pipeline ('spicesink name=s port=0 video_1::auto-resize=true', SOURCE,
                   '! s.', SOURCE, '! s.') as server:
        with watching (server.port) as viewer:
            viewer.display (1)
            wish (viewer, (800, 600), (640, 480))
            wait_size (viewer, 640, 480, display=1)
            assert size_of (viewer) == (320, 240)


# ---- looks and volume

def test_looks_and_volume_are_told ():
    with Stage (SIZED, '! spicesink name=s port=0 audiotestsrc is-live=true'
                ' wave=silence ! s.audio') as stage:
        sound = stage['s'].get_by_name ('audio')
        sound.set_property ('volume-sync', True)
        with agent (stage.port) as link:
            say (link, DISPLAY_CONFIG, struct.pack ('<II', 9, 16))
            say (link, VOLUME_SYNC, struct.pack ('<BBBHH', 1, 1, 2, 16384, 32768))
            wait (lambda: stage.events ('spice-display-config')
                  and stage.events ('spice-volume'), 60)
            poll (lambda: sound.get_property ('mute'), 60)
            assert abs (sound.get_property ('volume') - 0.5) < 0.001
        looks = as_dict (stage.events ('spice-display-config')[0])
        assert not looks['wallpaper'] and looks['animation'], looks
        assert looks['color-depth'] == 16, looks
        heard = as_dict (stage.events ('spice-volume')[0])
        assert heard['stream'] == 'playback' and heard['mute'], heard


# ---- who breaks the rules

@contextlib.contextmanager
def agent (port):
    """The main link of a viewer that has started the agent."""
    with RawSession (port, timeout=60) as session:
        session.main.send_message (AGENT_START, struct.pack ('<I', 1000))
        yield session.main


def say (link, kind, body):
    link.send_message (AGENT_DATA, struct.pack ('<IIQI', 1, kind, 0, len (body))
                       + body)


def config (*sizes, count=None, flags=0):
    return struct.pack ('<II', len (sizes) if count is None else count,
                        flags) + b''.join (
        struct.pack ('<IIIii', height, width, 32, 0, 0)
        for width, height in sizes)


def test_bad_wishes_end_their_viewer_only ():
    bad = [
        (MONITORS_CONFIG, config ((640, 480), count=2)),
        (MONITORS_CONFIG, config ((640, 480), flags=2)),
        (MONITORS_CONFIG, config (count=0xffffffff)),
        (MONITORS_CONFIG, config (*[(640, 480)] * 17)),
        (MONITORS_CONFIG, config ((16385, 480))),
        (MONITORS_CONFIG, b'\1\0\0\0'),
        (DISPLAY_CONFIG, b'\0' * 7),
        (VOLUME_SYNC, b'\1\0\3\0\0'),
    ]
    with pipeline (SOURCE, '! spicesink auto-resize=true port=0') as server:
        with watching (server.port) as viewer:
            for kind, body in bad:
                with agent (server.port) as link:
                    say (link, kind, body)
                    link.read_to_end ()
            wish (viewer, (640, 480))
            wait_size (viewer, 640, 480)
            assert viewer.errors () == []
