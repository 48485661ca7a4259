# SPDX-License-Identifier: LGPL-2.1-or-later
"""The judge judged: everything it can see and do, against libspice-server."""

import contextlib
import signal
import struct

import recordings
from judge import *

LOSSLESS = ('--streaming=off',)
SMALL = ('--width=640', '--height=480')


@contextlib.contextmanager
def watching (server, **options):
    """A viewer that has seen something: the library dies (use after free)
    when a client leaves between a display's link and its first message."""
    with Viewer (server.port, **options) as viewer:
        viewer.display ()
        yield viewer


def test_canvas_equals_each_scene ():
    for scene in ('still', 'typing', 'scroll', 'video', 'window'):
        with reference (f'--scene={scene}', '--frames=20', *LOSSLESS) as server:
            with watching (server) as viewer:
                picture = viewer.wait_canvas (scene_frame (scene, 19))
                assert picture.shape == (720, 1280, 3)
                viewer.wait (lambda: viewer.display ().marked, what='mark')
                assert viewer.display ().invalidates > 0


def test_canvas_equals_each_recording ():
    """Also the proof that reference-replayer gives commands as recorded."""
    for name in recordings.names ():
        with recordings.unpacked (name) as path, \
                reference (f'--location={path}', '--rate=0', *LOSSLESS,
                           program='reference-replayer') as server, \
                Viewer (server.port) as viewer:
            viewer.part (DISPLAY, 0)
            server.process.send_signal (signal.SIGUSR2)
            server.wait_line ('^PLAYED$')
            viewer.wait_canvas (recordings.picture (name))


def test_wrong_picture_is_told ():
    with reference (*SMALL) as server, watching (server) as viewer:
        expected = scene_frame ('still', 0, 640, 480)
        viewer.wait_canvas (expected)
        expected[17, 23, 1] ^= 1
        try:
            viewer.wait_canvas (expected, timeout=0.3)
        except Timeout as error:
            assert '1 pixels differ, first at 23,17' in str (error), error
        else:
            assert False, 'a wrong picture was taken for right'


def test_monitors_and_size ():
    with reference (*SMALL) as server, watching (server) as viewer:
        display = viewer.display ()
        assert display.size == (640, 480)
        viewer.wait (lambda: display.monitors)
        assert [repr (m) for m in display.monitors] == ['640x480+0+0']


def test_new_size_in_mid_stream ():
    with reference ('--scene=window', '--resize=800x600@30', '--frames=60',
                    *SMALL, *LOSSLESS) as server:
        with watching (server) as viewer:
            viewer.wait_canvas (scene_frame ('window', 59, 800, 600))
            assert viewer.display ().destroys == viewer.display ().creates - 1


def test_two_heads ():
    with reference ('--scene=window', '--heads=2', '--frames=10', *SMALL,
                    *LOSSLESS) as server:
        with watching (server) as viewer:
            viewer.wait_canvas (scene_frame ('window', 9, 640, 480), 0)
            viewer.wait_canvas (scene_frame ('window', 109, 640, 480), 1)


def test_two_viewers_see_the_same ():
    with reference ('--clients-many', '--scene=typing', '--frames=40', *SMALL,
                    *LOSSLESS) as server:
        with watching (server) as first, watching (server) as second:
            expected = scene_frame ('typing', 39, 640, 480)
            first.wait_canvas (expected)
            second.wait_canvas (expected)


def test_stamps_measure_latency ():
    with reference ('--scene=typing', '--stamp', *SMALL,
                    *LOSSLESS) as server:
        with watching (server) as viewer:
            display = viewer.display ()
            display.watch_stamps ()
            viewer.wait (lambda: len (display.stamps) >= 20)
            late_us = sorted (seen - made for made, seen in display.stamps[5:])
            assert 0 < late_us[len (late_us) // 2] < 500_000, late_us


def test_cursor_shape ():
    with reference (*SMALL) as server, watching (server) as viewer:
        cursor = viewer.cursor
        viewer.wait (lambda: cursor.shape, what='a cursor')
        assert cursor.shape[:4] == (16, 16, 3, 5)
        red, clear = [255, 0, 0, 255], [0, 0, 0, 0]
        assert cursor.shape.rgba[15, 0].tolist () == red
        assert cursor.shape.rgba[0, 15].tolist () == clear


def test_keys_arrive ():
    with reference ('--print-events', *SMALL) as server:
        with watching (server) as viewer:
            viewer.inputs.key (0x1e)
            server.wait_line ('^KEY 1e$')
            server.wait_line ('^KEY 9e$')
            viewer.inputs.key (0x148)  # up, with a prefix
            server.wait_line ('^KEY c8$')
            assert [m.group (1) for m in server.find_all ('^KEY (..)$')][-4:] \
                == ['e0', '48', 'e0', 'c8']


def test_lock_lights_come_back ():
    with reference ('--print-events', *SMALL) as server:
        with watching (server) as viewer:
            inputs = viewer.inputs
            inputs.key (0x3a)
            viewer.wait (lambda: inputs.modifiers & 4, what='caps light')
            inputs.key (0x3a)
            viewer.wait (lambda: not inputs.modifiers & 4, what='no caps light')


def test_absolute_pointer ():
    with reference ('--print-events', *SMALL) as server:
        with watching (server) as viewer:
            viewer.wait (lambda: viewer.mouse_mode == CLIENT_MOUSE,
                         what='client mouse mode')
            viewer.inputs.position (123, 45)
            server.wait_line ('^POSITION 123 45 0$')
            viewer.inputs.press (1)
            server.wait_line ('^BUTTONS 1$')
            viewer.inputs.position (200, 100)
            server.wait_line ('^POSITION 200 100 1$')
            viewer.inputs.release (1)
            server.wait_line ('^BUTTONS 0$')
            viewer.inputs.wheel (1)
            server.wait_line ('^WHEEL -1 ')


def test_relative_pointer ():
    with reference ('--print-events', '--no-tablet', *SMALL) as server:
        with watching (server) as viewer:
            viewer.wait (lambda: viewer.mouse_mode == SERVER_MOUSE)
            viewer.inputs.motion (5, -3)
            server.wait_line ('^MOTION 5 -3 0 0$')


def test_many_moves_are_acknowledged ():
    with reference ('--print-events', *SMALL) as server:
        with watching (server) as viewer:
            viewer.wait (lambda: viewer.mouse_mode == CLIENT_MOUSE)
            for step in range (40):
                viewer.inputs.position (step, step)
                server.wait_line (f'^POSITION {step} {step} 0$')


def test_tone_is_heard ():
    with reference ('--tone=440', *SMALL) as server:
        with watching (server) as viewer:
            viewer.playback.hear (0.3)
            pcm = viewer.playback.hear (1.0)
            rate = viewer.playback.rate
            assert abs (tone_frequency (pcm, rate) - 440) < 2
            assert gap_free (pcm, rate), gaps (pcm, rate)


def test_gaps_are_found ():
    pcm = tone (440, 1.0)
    assert gap_free (pcm, 48000)
    lost = numpy.delete (pcm, slice (24000, 24480), axis=0)
    assert gaps (lost, 48000), 'lost packet'
    silent = pcm.copy ()
    silent[30000:30100] = 0
    assert gaps (silent, 48000), 'two milliseconds of silence'
    assert gaps (pcm * 0, 48000), 'nothing at all'
    doubled = numpy.insert (pcm, 24000, pcm[23520:24000], axis=0)
    assert gaps (doubled, 48000), 'packet twice'


def test_speech_is_recorded ():
    with reference ('--print-events', *SMALL) as server:
        with watching (server) as viewer:
            record = viewer.record
            viewer.wait (lambda: record.started, what='record-start')
            record.speak (tone (1000, 3.0, record.rate, record.channels))
            heard = server.wait_line (r'^RECORD (\d+)$')
            viewer.wait (lambda: len (server.find_all ('^RECORD')) >= 3)
            heard = server.find (r'^RECORD (\d+)$')
            assert abs (int (heard.group (1)) - 1000) <= 20, heard.group ()


def test_volume_is_told ():
    with reference (*SMALL) as server, watching (server) as viewer:
        for part, mute in ((viewer.playback, False), (viewer.record, True)):
            viewer.wait (lambda: part.volume == [50000, 40000]
                         and part.mute == mute, what='volume and mute')


def test_session_facts ():
    with reference (*SMALL) as server, watching (server) as viewer:
        viewer.playback, viewer.record, viewer.cursor, viewer.inputs
        viewer.display ()
        assert viewer.wait (lambda: viewer.name) == 'reference'
        assert viewer.channels () == [(1, 0), (2, 0), (3, 0), (4, 0), (5, 0),
                                      (6, 0)]
        assert viewer.bytes_read (DISPLAY) > 1000
        assert viewer.errors () == []


def test_right_password_only ():
    with reference ('--password=secret', *SMALL) as server:
        with watching (server, password='secret'):
            pass
        try:
            with Viewer (server.port, password='wrong'):
                assert False, 'a wrong password was accepted'
        except ConnectFailed as error:
            assert error.events[0] == (MAIN, 0, 'error-auth'), error


def test_nobody_listens ():
    with reference (*SMALL) as server:
        port = server.port
    try:
        with Viewer (port):
            assert False, 'connected to nobody'
    except ConnectFailed as error:
        assert error.events[0].name == 'error-connect', error


def test_server_that_goes_is_noticed ():
    with reference (*SMALL) as server:
        viewer = Viewer (server.port)
        viewer.connect ()
        viewer.display ()
    viewer.wait (lambda: any (e.type == MAIN and e.name != 'opened'
                              for e in viewer.events), what='an end')
    viewer.close ()


def test_unix_socket ():
    with reference ('--unix-path=socket', '--scene=typing', '--frames=5',
                    *SMALL, *LOSSLESS):
        with Viewer (unix_path='socket') as viewer:
            viewer.wait_canvas (scene_frame ('typing', 4, 640, 480))


def test_costs_are_reported ():
    import json
    with reference ('--seconds=1', *SMALL) as server:
        costs = json.loads (server.wait_line (r'^(\{.*\})$').group (1))
        assert 0 < costs['cpu_seconds'] < costs['wall_seconds'] * 2
        assert costs['frames'] >= 25 and costs['commands'] == 1, costs
        server.wait_end ()


def test_screenshot_shows_all ():
    with reference ('--scene=typing', '--frames=1', *LOSSLESS) as server:
        assert difference (screenshot (server.port),
                           scene_frame ('typing', 0)) == ''
    with reference ('--password=abc', '--frames=1', *SMALL) as server:
        assert difference (screenshot (server.port, password='abc'),
                           scene_frame ('still', 0, 640, 480)) == ''


def test_remote_viewer_shows_and_types ():
    with reference ('--print-events', '--password=abc', '--frames=1', *SMALL,
                    *LOSSLESS) as server:
        with RemoteViewer (server.port, password='abc') as viewer:
            left, top = viewer.wait_picture (
                scene_frame ('still', 0, 640, 480))
            viewer.focus ()
            viewer.move (left + 50, top + 60)
            server.wait_line ('^POSITION 50 60 0$')
            viewer.key ('a')
            server.wait_line ('^KEY 1e$')
            server.wait_line ('^KEY 9e$')


def test_find_is_exact ():
    frame = scene_frame ('still', 0, 640, 480)
    screen = numpy.zeros ((700, 900, 3), numpy.uint8)
    screen[33:513, 71:711] = frame
    assert find (frame, screen) == (71, 33)
    screen[400, 300, 2] ^= 1
    assert find (frame, screen) is None


def test_raw_session ():
    with reference ('--scene=scroll', '--password=abc', '--tone=0', *SMALL,
                    *LOSSLESS) as server:
        with RawSession (server.port, 'abc') as session:
            assert set (session.channels ()) == {(2, 0), (3, 0), (4, 0),
                                                 (5, 0), (6, 0)}
            display = session.open_display ()
            created = display.wait_message (314)
            assert struct.unpack ('<5I', created)[1:3] == (640, 480)
            counts = display.listen (1.0)
            assert counts[304][0] >= 10, counts  # draw-copy
            assert display.bytes_read > counts[304][1]


def test_raw_full_headers ():
    with reference (*SMALL) as server:
        with RawSession (server.port) as session:
            link = RawLink (server.port)
            link.open (4, 0, session.id, common=(0,))
            assert not link.mini
            assert len (link.wait_message (101)) >= 9  # cursor INIT
            link.close ()


def test_raw_refusals ():
    with reference ('--password=abc', *SMALL) as server:
        with RawLink (server.port) as link:
            link.send_link (magic=b'HELO')
            assert link.read_reply ().error == 2
            assert link.is_closed ()
        with RawLink (server.port) as link:
            link.send_link (size=17)
            assert link.read_reply ().error == 3
        with RawLink (server.port) as link:
            link.send_link ()
            link.send_ticket (link.read_reply ().key, 'wrong')
            assert link.read_result () == 7
            assert link.is_closed ()


def test_many_raw_viewers ():
    with reference ('--scene=scroll', '--clients-many', '--tone=0', *SMALL,
                    *LOSSLESS) as server:
        drains = []
        for _ in range (3):
            session = RawSession (server.port)
            drains += [Drain (session.open_display ()), Drain (session.main)]
        wait (lambda: all (d.counts[304][0] > 5 for d in drains[::2]),
              what='draw-copies for everybody')
        for drain in drains:
            assert drain.stop ()


def test_late_viewer_sees_all ():
    with reference ('--scene=window', '--frames=25', '--print-events', *SMALL,
                    *LOSSLESS) as server:
        expected = scene_frame ('window', 24, 640, 480)
        with watching (server) as viewer:
            viewer.wait_canvas (expected)
        with watching (server) as viewer:
            viewer.wait_canvas (expected)


def test_stalled_viewer_ends_on_the_last_picture ():
    with reference ('--scene=window', '--frames=60', *SMALL,
                    *LOSSLESS) as server:
        with watching (server) as viewer:
            stall (2.5)
            viewer.wait_canvas (scene_frame ('window', 59, 640, 480))


def test_pipeline_tells_its_port ():
    with pipeline ('audiotestsrc is-live=true ! queue !'
                   ' tcpserversink host=127.0.0.1 port=0') as server:
        with RawLink (server.port):
            pass


def test_server_that_dies_is_told ():
    try:
        with Server (['sh', '-c', 'echo READY 1; exit 3']) as server:
            server.wait_line ('never')
    except ServerFailed as error:
        assert 'ended before printing' in str (error), error
    else:
        assert False, 'a death went unnoticed'


def test_slow_reader_is_held_back ():
    with reference ('--scene=video', *LOSSLESS) as server:
        with RawSession (server.port) as session:
            session.open_display (receive_buffer=4096)
            with_nobody_reading = server.rss_bytes ()
            wait_seconds (1.5)
            assert server.rss_bytes () < with_nobody_reading + (200 << 20)
