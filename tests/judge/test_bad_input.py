# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever a peer sends: it alone gets an error, the log gets one line, and a
healthy viewer beside it goes on seeing every picture exactly and hearing every
sample."""

import collections
import contextlib
import os
import re
import socket
import struct
import subprocess
import threading

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from judge import *
from raw import ATTACH_CHANNELS, DISPLAY_INIT

WIDTH, HEIGHT, FPS, N_FRAMES = 160, 120, 15, 900
BALL = f'pattern=ball ! video/x-raw,format=BGRx,width={WIDTH},' \
       f'height={HEIGHT},framerate={FPS}/1'
SCENE = ('videotestsrc is-live=true', BALL,
         '! s.video_0', steady_tone (440), '! s.audio',
         f'videotestsrc is-live=true {BALL} ! s.video_1',
         'videotestsrc num-buffers=1 ! video/x-raw,format=BGRA,width=16,'
         'height=16 ! s.cursor_0 spicesrc name=x x.audio ! fakesink')
LOG = {'GST_DEBUG': 'spice*:2', 'GST_DEBUG_NO_COLOR': '1'}
WARNING = r'\bWARN +spice'
ALL = (MAIN, DISPLAY, INPUTS, CURSOR, PLAYBACK, RECORD)
BASE = {'ack-sync': 1, 'ack': 2, 'pong': 3, 'migrate-flush-mark': 4,
        'migrate-data': 5, 'disconnecting': 6}
AGENT_START, AGENT_DATA, MOUSE_MODE_REQUEST = 106, 107, 105
KEY_SCANCODE, MOUSE_POSITION, MOUSE_PRESS = 104, 112, 113
RECORD_DATA, RECORD_MODE = 101, 102
INVALID_MAGIC, INVALID_DATA, VERSION_MISMATCH = 2, 3, 4
PERMISSION_DENIED, BAD_CONNECTION_ID, CHANNEL_NOT_AVAILABLE = 7, 8, 9
MORE_MEMORY = 16 << 20  # that an allocator may keep after a storm


def ball_frames ():
    """What the source will ever show, as a set of hashes."""
    subprocess.run (
        ['gst-launch-1.0', '-q', *f'videotestsrc num-buffers={N_FRAMES} {BALL}'
         ' ! filesink location=frames'.split ()], check=True)
    frames = numpy.memmap ('frames', numpy.uint8).reshape (
        N_FRAMES, HEIGHT, WIDTH, 4)
    return {frame[:, :, :3].tobytes ().__hash__ () for frame in frames}


class Scene:
    """A server under attack and the viewer that must not notice."""

    def __init__ (self, server, viewer):
        self.server, self.viewer = server, viewer
        self.port = server.port
        self.frames = ball_frames ()
        self.refused = []      # peers that must be in the log
        self.came = collections.Counter ()     # peers of all links
        self.display = viewer.display ()
        viewer.playback.hear (0.3)
        viewer.playback.forget ()
        self.check_picture ()

    def check_picture (self):
        """A new picture comes, and it is one of the source's."""
        before = self.display.changes
        self.viewer.wait_canvas (
            lambda picture: self.display.changes > before
            and picture.tobytes ().__hash__ () in self.frames)

    def suffer (self, attack, *parameters, timeout=50):
        """Runs an attack beside the loop in which the viewer lives."""
        outcome = []

        def run ():
            try:
                attack (self, *parameters)
                outcome.append (None)
            except BaseException as error:
                outcome.append (error)
            GLib.MainContext.default ().wakeup ()
        threading.Thread (target=run, daemon=True).start ()
        wait (lambda: outcome, timeout, attack.__name__)
        if outcome[0]:
            raise outcome[0]
        self.check_picture ()

    def link (self, **options):
        link = RawLink (self.port, **options)
        self.came[peer_of (link)] += 1
        return link

    def expect_line (self, link, text=''):
        """The link's end has to be in the log, once."""
        self.refused.append ((peer_of (link), text))

    def check_log (self):
        """Exactly the lines expected; a port may be had twice, one after the
        other."""
        lines = [m.string for m in self.server.find_all (WARNING)]
        for peer, text in self.refused:
            mine = [line for line in lines
                    if f'{peer}:' in line + ':' and text in line]
            assert mine, (peer, text, lines)
            lines.remove (mine[0])
        assert not lines, lines

    def check_end (self):
        """To be asked last."""
        wait (lambda: len (self.server.find_all (WARNING))
              >= len (self.refused), 10, lambda: f'{self.refused} in the log')
        self.check_picture ()
        pcm = self.viewer.playback.pcm ()
        assert gap_free (pcm, self.viewer.playback.rate), \
            gaps (pcm, self.viewer.playback.rate)
        assert self.viewer.errors () == [], self.viewer.events
        with Viewer (self.port) as fresh:
            fresh.wait_canvas (lambda picture: picture.any ())
        self.check_log ()


def peer_of (link):
    host, port = link.socket.getsockname ()[:2]
    return f'{host}:{port}'


def served (*settings):
    return launched ('spicesink name=s port=0', *settings, *SCENE, env=LOG)


@contextlib.contextmanager
def attacked (*settings):
    with served (*settings) as server, Viewer (server.port) as viewer:
        scene = Scene (server, viewer)
        yield scene
        scene.check_end ()


def descriptors (server):
    return len (os.listdir (f'/proc/{server.process.pid}/fd'))


# ---- the link stage

def send_bad_links (scene):
    for data, code in (
            (b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + bytes (200),
             INVALID_MAGIC),
            (bytes (4096), INVALID_MAGIC),
            (numpy.random.default_rng (1).bytes (1 << 16), INVALID_MAGIC),
            (link_message (magic=b'QDER'), INVALID_MAGIC),
            (link_message (magic=b'redq'), INVALID_MAGIC),
            (link_message (major=1), VERSION_MISMATCH),
            (link_message (major=3), VERSION_MISMATCH),
            (link_message (major=0xffffffff), VERSION_MISMATCH),
            (link_message (size=0), INVALID_DATA),
            (link_message (size=17), INVALID_DATA),
            (link_message (size=4097), INVALID_DATA),
            (link_message (size=0x7fffffff), INVALID_DATA),
            (link_message (size=0xffffffff), INVALID_DATA),
            (link_message (offset=0), INVALID_DATA),
            (link_message (offset=17), INVALID_DATA),
            (link_message (offset=19), INVALID_DATA),
            (link_message (offset=0xfffffffc), INVALID_DATA),
            (link_message (common_count=2), INVALID_DATA),
            (link_message (common_count=0xffffffff), INVALID_DATA),
            (link_message (caps_count=0x40000000), INVALID_DATA),
            (link_message (common_count=0x80000000, caps_count=0x80000001),
             INVALID_DATA)):
        with scene.link () as link:
            scene.expect_line (link, 'refused (')
            with contextlib.suppress (OSError):  # it may close before the end
                link.send (data)
            reply = link.read_reply ()
            assert reply.error == code, (data[:42], reply.error)
            assert reply.key == bytes (162)
            assert link.is_closed ()


def ask_for_what_is_not (scene):
    with RawSession (scene.port) as session:
        for kind, number in ((DISPLAY, 5), (DISPLAY, 255), (CURSOR, 1),
                             (7, 0), (200, 0), (0, 0), (255, 255), (MAIN, 1),
                             (8, 0), (11, 0), (PLAYBACK, 1), (RECORD, 3)):
            with scene.link () as link:
                scene.expect_line (link, f'{kind}:{number}')
                link.send_link (kind, number, session.id)
                assert link.read_reply ().error == CHANNEL_NOT_AVAILABLE, kind
                assert link.is_closed ()
        for kind in (DISPLAY, INPUTS, CURSOR, PLAYBACK, RECORD):
            session.open (kind)
            refuse_at_ticket (scene, kind, session.id, CHANNEL_NOT_AVAILABLE)
            refuse_at_ticket (scene, kind, session.id ^ 1, BAD_CONNECTION_ID)
            refuse_at_ticket (scene, kind, 0, BAD_CONNECTION_ID)
        refuse_at_ticket (scene, MAIN, session.id, BAD_CONNECTION_ID)
        assert (DISPLAY, 1) in session.channels ()


def refuse_at_ticket (scene, kind, connection_id, code):
    with scene.link () as link:
        scene.expect_line (link, f'code {code}')
        link.send_link (kind, 0, connection_id)
        link.send_ticket (link.read_reply ().key)
        assert link.read_result () == code, kind
        assert link.is_closed ()


def choose_bad_mechanisms (scene):
    for mechanism in (0, 2, 3, 0xffffffff):
        with scene.link () as link:
            scene.expect_line (link)
            link.send_link ()
            link.read_reply ()
            link.send (struct.pack ('<I', mechanism))
            assert link.read_reply ().error != 0, mechanism
            assert link.is_closed ()


def test_bad_links_get_an_error_each ():
    with attacked () as scene:
        scene.suffer (send_bad_links)
        scene.suffer (ask_for_what_is_not)
        scene.suffer (choose_bad_mechanisms)


def public (key):
    return serialization.load_der_public_key (key)


def oaep (algorithm=hashes.SHA1):
    return padding.OAEP (padding.MGF1 (algorithm ()), algorithm (), None)


def other_key ():
    return rsa.generate_private_key (65537, 1024).public_key ()


WRONG_TICKETS = {
    'zeros': lambda key: bytes (128),
    'ones': lambda key: b'\xff' * 128,
    'noise': lambda key: numpy.random.default_rng (2).bytes (128),
    'plain text': lambda key: b'tulip'.ljust (128, b'\0'),
    'wrong': lambda key: ticket_bytes (key, 'rose'),
    'empty': lambda key: ticket_bytes (key, ''),
    'nearly': lambda key: ticket_bytes (key, 'tulips'),
    'beginning': lambda key: ticket_bytes (key, 'tuli'),
    'nothing': lambda key: public (key).encrypt (b'', oaep ()),
    'padding': lambda key: public (key).encrypt (b'tulip\0',
                                                 padding.PKCS1v15 ()),
    'hash': lambda key: public (key).encrypt (b'tulip\0',
                                              oaep (hashes.SHA256)),
    'key': lambda key: other_key ().encrypt (b'tulip\0', oaep ()),
    'longest': lambda key: public (key).encrypt (b'x' * 86, oaep ()),
}


def try_wrong_tickets (scene):
    for number, (name, make) in enumerate (WRONG_TICKETS.items ()):
        # each from an address of its own: an address is slowed down
        with scene.link (source=f'127.0.1.{number + 1}') as link:
            scene.expect_line (link, 'wrong ticket')
            link.send_link ()
            key = link.read_reply ().key
            link.send (struct.pack ('<I', 1) + make (key))
            assert link.read_result () == PERMISSION_DENIED, name
            assert link.is_closed (), name
    with RawSession (scene.port, 'tulip') as session:
        assert session.channels ()


def test_wrong_tickets_are_denied ():
    with served ('password=tulip') as server:
        with Viewer (server.port, password='tulip') as viewer:
            scene = Scene (server, viewer)
            scene.suffer (try_wrong_tickets)
            assert viewer.errors () == []
            wait (lambda: len (server.find_all (WARNING))
                  >= len (scene.refused))
            scene.check_log ()


def stay_silent (scene):
    links = [scene.link (timeout=15.0) for _ in range (6)]
    whole = link_message ()
    for link, sent in zip (links, (0, 3, 16, 20, len (whole))):
        link.send (whole[:sent])
    links[5].send_link ()
    links[5].send (struct.pack ('<I', 1) + bytes (127))
    for link in links:
        scene.expect_line (link, 'no link within')
        link.read_to_end ()
        link.close ()


def test_silence_is_ended_by_the_link_timeout ():
    with attacked ('link-timeout=2') as scene:
        scene.suffer (stay_silent)


# ---- messages

class Victims:
    """A session that opens links to be ended."""

    def __init__ (self, scene):
        self.scene = scene
        self.session = RawSession (scene.port)

    def open (self, kind):
        if kind != MAIN:
            return self.session.open (kind)
        return RawSession (self.scene.port).main

    def check_ended (self, kind, number, body=b'', size=None, prepare=None):
        link = self.open (kind)
        self.scene.expect_line (link, ' ended: ')
        if prepare:
            prepare (link)
        with contextlib.suppress (OSError):
            link.send_message (number, body, size)
        link.read_to_end ()
        link.close ()

    def check_kept (self, kind, *messages):
        """All messages are taken, and the link goes on."""
        link = self.open (kind)
        for number, body in messages:
            link.send_message (number, body)
        link.send_message (BASE['pong'], bytes (12))
        link.listen (0.1)
        link.close ()

    def close (self):
        assert self.session.channels ()  # its main link has lived through it
        self.session.main.close ()


def send_unknown (scene):
    victims = Victims (scene)
    for kind in ALL:
        for number in (0, 7, 100, 130, 255, 9999, 65535):
            victims.check_ended (kind, number)
        victims.check_ended (kind, 9999, size=0xffffffff)
    victims.close ()


def send_too_much (scene):
    victims = Victims (scene)
    for kind, last in zip (ALL, (115, 106, 114, 100, 100, 103)):
        for number in (*BASE.values (), *range (101, last + 1)):
            victims.check_ended (kind, number, size=0x10000000)
    victims.check_ended (INPUTS, KEY_SCANCODE, bytes (65))
    victims.check_ended (MAIN, AGENT_DATA, bytes (2049))
    victims.check_ended (RECORD, RECORD_DATA, bytes (40000))
    victims.check_ended (INPUTS, MOUSE_POSITION, bytes (10))
    victims.check_ended (INPUTS, MOUSE_PRESS, bytes (2))
    victims.check_ended (DISPLAY, DISPLAY_INIT, bytes (13))
    victims.close ()


def send_out_of_turn (scene):
    victims = Victims (scene)
    for kind in ALL:
        for name in ('migrate-flush-mark', 'migrate-data'):
            victims.check_ended (kind, BASE[name])
        victims.check_kept (kind, *[(BASE['ack'], b'')] * 100,
                            (BASE['ack-sync'], struct.pack ('<I', 77)),
                            (BASE['pong'], struct.pack ('<IQ', 99, 1)))
    victims.check_kept (MAIN, (AGENT_DATA, b'hello, agent'))  # not yet begun
    victims.check_ended (
        MAIN, AGENT_DATA, b'hello, agent', prepare=lambda link:
        link.send_message (AGENT_START, struct.pack ('<I', 10)))
    victims.check_ended (RECORD, RECORD_MODE, struct.pack ('<IH', 0, 77))
    victims.check_kept (RECORD, (RECORD_DATA, bytes (4)),
                        (RECORD_DATA, bytes (1001)),
                        (RECORD_MODE, struct.pack ('<IH', 0, 3)),
                        (RECORD_DATA, bytes (4) + b'\xff' * 400))
    victims.check_kept (INPUTS, (KEY_SCANCODE, b'\xe0\xe0\xe1\x1d\xff\x00'),
                        (KEY_SCANCODE, b''),
                        (MOUSE_POSITION, b'\xff' * 10 + b'\xff'),
                        (111, struct.pack ('<iiH', -1 << 31, 2 ** 31 - 1, 0)),
                        (MOUSE_PRESS, b'\xff\xff\xff'))
    for cache, window in ((-1, -1), (2 ** 63 - 1, 2 ** 31 - 1)):
        victims.check_kept (DISPLAY, (103, b'\xff'),
                            (DISPLAY_INIT, display_init (cache, window)))
    victims.check_ended (
        DISPLAY, DISPLAY_INIT, display_init (), prepare=lambda link:
        link.send_message (DISPLAY_INIT, display_init ()))
    victims.close ()


def test_unknown_messages_end_their_link_only ():
    with attacked () as scene:
        scene.suffer (send_unknown)


def test_messages_over_their_limit_end_their_link_only ():
    with attacked () as scene:
        scene.suffer (send_too_much)


def test_messages_out_of_turn ():
    with attacked () as scene:
        scene.suffer (send_out_of_turn)


def ask_without_listening (scene):
    with RawSession (scene.port, receive_buffer=4096) as session:
        before = scene.server.rss_bytes ()
        session.main.socket.settimeout (1.0)
        with contextlib.suppress (TimeoutError, OSError):
            question = struct.pack ('<HI', ATTACH_CHANNELS, 0) * 1000
            for _ in range (2000):
                session.main.send (question)
        assert scene.server.rss_bytes () - before < MORE_MEMORY


def test_a_peer_that_asks_and_never_listens_is_held_back ():
    with attacked () as scene:
        scene.suffer (ask_without_listening)


# ---- sudden ends

def close_everywhere (scene, step):
    """Ends a session's opening after each byte of what a client says."""
    whole = link_message ()
    for sent in range (0, len (whole), step):
        with scene.link () as link:
            link.send (whole[:sent])
            end (link, sent)
    for sent in range (0, 132, step):
        with scene.link () as link:
            link.send (whole)
            key = link.read_reply ().key
            link.send ((struct.pack ('<I', 1) + ticket_bytes (key, ''))[:sent])
            end (link, sent)
    with RawSession (scene.port) as session:
        init = struct.pack ('<HI', DISPLAY_INIT, 14) + display_init ()
        for sent in range (0, len (init) + 1, step):
            with scene.link () as link:
                link.open (DISPLAY, 0, session.id)
                link.send (init[:sent])
                end (link, sent)
    for sent in range (0, 7, step):
        with scene.link () as link:
            link.open ()
            link.send (struct.pack ('<HI', ATTACH_CHANNELS, 0)[:sent])
            end (link, sent)


def end (link, number):
    """Every second time without the usual farewell."""
    if number % 2:
        link.socket.setsockopt (socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack ('ii', 1, 0))
    link.close ()


def test_sudden_ends_at_every_byte_leave_nothing_behind ():
    with served () as server, Viewer (server.port) as viewer:
        scene = Scene (server, viewer)
        before = descriptors (server)
        scene.suffer (close_everywhere, 9)
        wait_descriptors (viewer, server, before)
        memory = server.rss_bytes ()
        scene.suffer (close_everywhere, 1)
        wait_descriptors (viewer, server, before)
        assert server.rss_bytes () - memory < MORE_MEMORY
        assert viewer.errors () == []
        told = collections.Counter (m.group (1) for m in server.find_all (
            WARNING + r'link .*: ([\d.:]+): refused \('))
        assert told <= scene.came, (told - scene.came, scene.came - told)
        assert told.total () > 100, told


def wait_descriptors (viewer, server, count):
    viewer.wait (lambda: descriptors (server) <= count, 10,
                 lambda: f'{count} descriptors, are {descriptors (server)}')


def knock (scene, count):
    links = []
    for number in range (count):
        links.append (scene.link (source=f'127.0.2.{number % 200 + 1}'))
        if number % 3 == 0:
            links[-1].send (link_message ()[:number % 40])
    for link in links:
        link.close ()


def test_a_thousand_connections_leave_nothing_behind ():
    with served () as server, Viewer (server.port) as viewer:
        scene = Scene (server, viewer)
        before = descriptors (server)
        scene.suffer (knock, 1000)
        wait_descriptors (viewer, server, before)
        memory = server.rss_bytes ()
        scene.suffer (knock, 1000)
        wait_descriptors (viewer, server, before)
        assert server.rss_bytes () - memory < MORE_MEMORY
        assert gap_free (viewer.playback.pcm (), viewer.playback.rate)
        with Viewer (server.port) as fresh:
            fresh.wait_canvas (lambda picture: picture.any ())
