# SPDX-License-Identifier: LGPL-2.1-or-later
"""A whole session with a server built with sanitizers, which end it at the
first error, race or leak:

    JUDGE_BUILD=$PWD/build-asan tests/judge/run.py -k sanitized
    JUDGE_BUILD=$PWD/build-tsan tests/judge/run.py -k sanitized

With an ordinary build this is a session like any other."""

import signal
import ssl
import struct

from certificates import Certificates
from judge import *
from raw import ATTACH_CHANNELS
from recorded import picture, recording
from server import sanitizer_environment
from streams import StreamDrain

PICTURE = 'videotestsrc is-live=true pattern=ball ! capsfilter name=size' \
          ' caps=video/x-raw,width=320,height=240'
LINE = ('spicesink name=s port=0', PICTURE, '! s.video_0',
        'videotestsrc is-live=true ! video/x-raw,width=160,height=120 !'
        ' s.video_1 audiotestsrc is-live=true freq=440 ! s.audio',
        'videotestsrc num-buffers=1 ! video/x-raw,format=BGRA,width=16,'
        'height=16 ! s.cursor_0 spicesrc name=x x.audio !',
        'filesink location=heard.pcm buffer-mode=unbuffered')
SLOW = 30                  # seconds; a sanitizer slows a program down
PATIENCE = {'timeout': SLOW, 'end_timeout': SLOW}


def look_listen_and_speak (viewer):
    viewer.wait_canvas (lambda picture: picture.any ())
    viewer.wait_canvas (lambda picture: picture.any (), 1)
    viewer.wait (lambda: viewer.cursor.shape, what='a shape')
    viewer.playback.hear (0.3)
    assert abs (tone_frequency (viewer.playback.hear (0.5), 48000) - 440) < 2
    viewer.wait (lambda: viewer.record.started, what='record-start')
    viewer.record.speak (tone (1000, 10, viewer.record.rate,
                               viewer.record.channels))
    viewer.wait (is_heard, SLOW, 'our voice')


def is_heard ():
    pcm = numpy.fromfile ('heard.pcm', numpy.int16)[-48000:].reshape (-1, 2)
    return len (pcm) == 24000 and abs (
        tone_frequency (pcm, 48000) - 1000) < 2


def type_and_point (server, viewer):
    inputs = viewer.inputs
    viewer.wait (lambda: viewer.mouse_mode == CLIENT_MOUSE, what='mode')
    inputs.key (0x1e)
    inputs.key_press (0x2a)
    inputs.set_locks (4)
    for step in range (30):
        inputs.position (step, step)
    for button in (1, 2, 3, 6, 7):
        inputs.click (button)
    inputs.wheel (2)
    server.wait_line ('mouse-scroll', SLOW)
    server.wait_line ('key=.string.Caps_Lock', SLOW)
    viewer.request_mouse_mode (SERVER_MOUSE)
    viewer.wait (lambda: viewer.mouse_mode == SERVER_MOUSE, SLOW)
    inputs.motion (3, 4)
    server.wait_line ('mouse-move-relative', SLOW)


def misbehave (port):
    """A few of each kind; more in test_bad_input.py."""
    for data in (b'HELO' * 10, link_message (size=4097),
                 link_message (kind=200), link_message ()[:20]):
        with RawLink (port, timeout=SLOW) as link:
            link.send (data)
    with RawSession (port, timeout=SLOW) as session:
        for kind in (DISPLAY, INPUTS, CURSOR, PLAYBACK, RECORD):
            session.open (kind).send_message (9999, bytes (100))
        session.open_display (1, receive_buffer=4096)
        session.main.send (struct.pack ('<HI', ATTACH_CHANNELS, 0) * 3000)


def test_sanitized_pipeline ():
    with launched (*LINE, **PATIENCE) as server:
        port = server.port
        with Viewer (port, timeout=SLOW) as first:
            look_listen_and_speak (first)
            with Viewer (port, timeout=SLOW) as second:
                second.wait_canvas (lambda picture: picture.any ())
                type_and_point (server, second)
                misbehave (port)
                third = Viewer (port, timeout=SLOW)
                third.connect ()
                third.display ()
                server.process.send_signal (signal.SIGWINCH)
                for viewer in (first, second, third):
                    viewer.wait_canvas (
                        lambda picture: picture.shape[:2] == (300, 400)
                        and picture.any ())
                third.close ()
            first.wait_canvas (lambda picture: picture.any ())
        server.wait_line ('num-clients=.uint.0', SLOW)
    assert server.process.returncode == 0, server.output ()


test_sanitized_pipeline.timeout = 180


def misbehave_within_tls (port):
    """Ends of hands half shaken, and what is no TLS at all."""
    incoming, outgoing = ssl.MemoryBIO (), ssl.MemoryBIO ()
    context = ssl.create_default_context ()
    hello = context.wrap_bio (incoming, outgoing, server_hostname='localhost')
    try:
        hello.do_handshake ()
    except ssl.SSLWantReadError:
        pass
    said = outgoing.read ()
    for data in (b'', said[:1], said[:5], said[:-1], said, said + said,
                 said + bytes (9000), link_message (), b'GET / HTTP/1.1\r\n'):
        with RawLink (port, timeout=SLOW) as link:
            link.send (data)


def test_sanitized_session_within_tls ():
    with Certificates () as files, launched (
            LINE[0], f'tls-port=0 tls-cert-file={files.cert}'
            f' tls-key-file={files.key}', *LINE[1:], **PATIENCE) as server:
        port = int (server.find (r'tls-port=\(int\)(\d+)').group (1))
        where = dict (tls_port=port, ca_file=files.ca, host='localhost',
                      timeout=SLOW)
        with Viewer (**where) as first:
            look_listen_and_speak (first)
            misbehave_within_tls (port)
            with Viewer (**where) as second:
                second.wait_canvas (lambda picture: picture.any ())
                type_and_point (server, second)
            first.wait_canvas (lambda picture: picture.any ())
            assert first.errors () == []
        server.wait_line ('num-clients=.uint.0', SLOW)
    assert server.process.returncode == 0, server.output ()


test_sanitized_session_within_tls.timeout = 180


def test_sanitized_pipeline_ends_with_viewers_on_it ():
    with launched (*LINE, **PATIENCE) as server:
        viewers = [Viewer (server.port, timeout=SLOW) for _ in range (3)]
        for viewer in viewers:
            viewer.connect ()
            viewer.wait_canvas (lambda picture: picture.any ())
    assert server.process.returncode == 0, server.output ()
    for viewer in viewers:
        viewer.close ()


def draw_again (server, signal_number, line, viewer):
    """While it plays, the one who looks on sees it begin anew."""
    count = len (server.find_all (line))
    server.process.send_signal (signal_number)
    viewer.wait (lambda: len (server.find_all (line)) > count, SLOW, line)
    viewer.wait_canvas (lambda seen: seen.any ())


def play_recording (name, rate):
    """One of two viewers leaves in mid-stream, a third comes at the end."""
    expected = picture (name)
    with launched (f'qxlreplaysrc rate={rate} location={recording (name)} !'
                   ' s.qxl_0 spicesink name=s port=0', **PATIENCE) as server:
        with Viewer (server.port, timeout=SLOW) as first:
            with Viewer (server.port, timeout=SLOW) as second:
                for viewer in (first, second):
                    viewer.wait_canvas (lambda seen: seen.any ())
            draw_again (server, signal.SIGUSR2, '^SOUGHT', first)
            draw_again (server, signal.SIGUSR1, '^RESTARTED', first)
            first.wait_canvas (expected, timeout=SLOW)
            draw_again (server, signal.SIGUSR2, '^SOUGHT', first)
            with Viewer (server.port, timeout=SLOW) as third:
                for viewer in (first, third):
                    viewer.wait_canvas (expected, timeout=SLOW)
                    assert viewer.errors () == []
    assert server.find ('error:') is None, server.output ()


def test_sanitized_recording_of_a_desktop ():
    play_recording ('guest-xorg-render', 27)


def test_sanitized_recording_of_all_draws ():
    play_recording ('synthetic-all-draws', 0)


test_sanitized_recording_of_a_desktop.timeout = 120
test_sanitized_recording_of_all_draws.timeout = 120


def film_comes (server):
    """Played anew, to one who leaves in the middle of it."""
    with StreamDrain.open (server.port, ('mjpeg',), timeout=SLOW) as streams:
        wait (lambda: streams.draws, SLOW, 'a picture')
        server.process.send_signal (signal.SIGUSR1)
        wait (lambda: len (streams.data) > 3, SLOW, 'frames of a stream')
        assert streams.created[0].codec == 'mjpeg', streams.created
        assert not streams.wrong, streams.wrong


def wait_rest (one, other):
    """Until both show the same, which is once all is exact."""
    wait (lambda: difference (other.canvas (), one.canvas ()) == '', SLOW,
          'the same picture at both')


def test_sanitized_film ():
    with launched ('videotestsrc is-live=true pattern=snow num-buffers=120 !'
                   ' video/x-raw,width=320,height=240,framerate=20/1 !'
                   ' spicedisplaysink name=s port=0 film=true'
                   ' video-codecs=mjpeg',
                   **PATIENCE) as server, \
            Viewer (server.port, timeout=SLOW) as first:
        first.wait_canvas (lambda seen: seen.any ())
        film_comes (server)
        with Viewer (server.port, timeout=SLOW) as late:
            wait_rest (first, late)
            film_comes (server)
        with Viewer (server.port, timeout=SLOW) as last:
            wait_rest (first, last)
        assert first.errors () == []
    assert server.find ('error:') is None, server.output ()


test_sanitized_film.timeout = 120


def test_sanitized_bare_server ():
    frames = 40
    with Server ([build_path ('tests/bare-server'), '--port=0',
                  '--scene=window', '--width=640', '--height=480',
                  f'--frames={frames}'], env=sanitizer_environment (),
                 **PATIENCE) as server:
        expected = scene_frame ('window', frames - 1, 640, 480)
        viewers = [Viewer (server.port, audio=False, timeout=SLOW)
                   for _ in range (3)]
        for viewer in viewers:
            viewer.connect ()
            viewer.wait_canvas (expected)
        viewers[0].inputs.key (0x1e)
        server.wait_line ('KEY a 0', SLOW)
        misbehave_without_sound (server.port)
        viewers.pop ().close ()
        for viewer in viewers:
            assert difference (viewer.canvas (), expected) == ''
    assert server.process.returncode == 0, server.output ()
    for viewer in viewers:
        viewer.close ()


def misbehave_without_sound (port):
    with RawSession (port, timeout=SLOW) as session:
        for kind in (DISPLAY, INPUTS):
            session.open (kind).send_message (9999, bytes (100))
        session.main.send_message (107, bytes (2049))  # AGENT_DATA
        session.main.read_to_end ()
