# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many viewers, bad ones, and a machine that has nothing left: one who looks on
sees every picture exactly meanwhile, and afterwards the server is as it was,
in descriptors, in memory, and by its own statistics."""

import contextlib
import functools
import os
import resource
import socket
import struct
import threading

from desk import painting, poll
from desktop import Desktop
from judge import *
from line import Line
from raw import ACK_SYNC, AUTH_SPICE, DISPLAY_INIT
from test_files import (CAN_SEND, DETAILED, NO_SPACE, Agent, Drop, equal,
                        listing, noise, wait_agent)

PATIENCE_S = 90
MANY_DESCRIPTORS = 8192
MIB = 1 << 20
# what an allocator may keep of a load that was there before, too
MORE_MEMORY = 6 * MIB
LARGE = 1280, 720
# the same of frames of 3.5 MiB, some of which are on their way
LARGE_GROWTH = 24 * MIB
FILM_FPS, FILM_FRAMES = 20, 40


def descriptors_at_will ():
    """For us; the server has its own limit."""
    _, hard = resource.getrlimit (resource.RLIMIT_NOFILE)
    resource.setrlimit (resource.RLIMIT_NOFILE,
                        (min (MANY_DESCRIPTORS, hard), hard))


class Scene:
    """A desktop, and a viewer that must not notice anything."""

    def __init__ (self, desktop, viewer):
        self.desktop, self.viewer = desktop, viewer
        self.port = desktop.port
        self.number = 0
        self.size = 320, 240
        self.show ()
        assert viewer.inputs   # the last of its channels is open
        self.connections = desktop.n_connections ()
        self.descriptors = desktop.footprint ().descriptors
        self.before = None     # its footprint

    def show (self):
        """One more picture, and everybody who looks on sees it."""
        self.number += 1
        self.viewer.wait_canvas (
            self.desktop.show (self.number, *self.size), timeout=PATIENCE_S)

    def settle (self):
        """Until nobody is there but the viewer, nor a socket of anybody."""
        poll (lambda: self.desktop.n_connections () == self.connections,
              PATIENCE_S, lambda: f'{self.connections} connections, there are'
              f' {self.desktop.stats ()["channels"]}')
        poll (lambda: self.desktop.footprint ().descriptors
              == self.descriptors, PATIENCE_S,
              lambda: f'{self.descriptors} descriptors, there are'
              f' {self.desktop.footprint ().descriptors}')
        assert self.desktop.n_clients == 1
        self.show ()
        assert self.viewer.errors () == [], self.viewer.events

    def remember (self):
        """What it takes when all that is made once has been made."""
        self.settle ()
        self.before = self.desktop.footprint ()

    def check (self, growth=MORE_MEMORY):
        """It is as it was."""
        self.settle ()
        before = self.before
        poll (lambda: self.desktop.footprint ().memory - before.memory
              < growth, PATIENCE_S, lambda: f'{growth / MIB} MiB of growth, are'
              f' {(self.desktop.footprint ().memory - before.memory) / MIB}')
        now = self.desktop.footprint ()
        print (f'{now.descriptors} descriptors, {now.memory / MIB:.1f} MiB,'
               f' were {before.memory / MIB:.1f}')
        assert self.desktop.messages ('wrong') == 0


@contextlib.contextmanager
def scene (audio=False, **settings):
    descriptors_at_will ()
    with Desktop (**settings) as desktop, \
            Viewer (desktop.port, audio=audio, timeout=PATIENCE_S,
                    password=settings.get ('password')) as viewer:
        yield Scene (desktop, viewer)


def reset (link):
    """Ends it without a farewell."""
    link.socket.setsockopt (socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack ('ii', 1, 0))
    link.close ()


def leave (link, number):
    """In one way or the other."""
    if number % 2:
        reset (link)
    else:
        link.close ()


# ---- many

def crowd_looks_on (played, count):
    """So many viewers see what the one sees, and go."""
    with contextlib.ExitStack () as stack:
        viewers = [Viewer (played.port, only=[DISPLAY], audio=False,
                           timeout=PATIENCE_S) for _ in range (count)]
        for viewer in viewers:
            stack.callback (viewer.close)
            viewer.connect ()
        for viewer in viewers:
            viewer.display ()
        stats = played.desktop.stats ()
        assert len (stats['clients']) == count + 1
        assert played.desktop.stats ('display 0')['connections'] == count + 1
        for _ in range (5):
            played.show ()
        for viewer in viewers:
            viewer.wait_canvas (painting (played.number))
            assert viewer.errors () == []


def test_sixty_four_viewers_on_one_desktop ():
    with scene (max_clients=65) as played:
        crowd_looks_on (played, 64)
        played.remember ()
        crowd_looks_on (played, 64)
        played.check ()


def come_and_go (played, count):
    for number in range (count):
        link = RawLink (played.port, timeout=PATIENCE_S)
        link.open (MAIN)
        leave (link, number)
        if number % 500 == 499:
            played.show ()


def test_ten_thousand_come_and_go ():
    with scene () as played:
        come_and_go (played, 1000)
        played.remember ()
        come_and_go (played, 10000)
        played.check ()


# ---- slow ones

class Dripping (threading.Thread):
    """Reads a byte a second of a link."""

    def __init__ (self, link):
        super ().__init__ (daemon=True)
        self.link, self.ended = link, threading.Event ()
        self.start ()

    def run (self):
        with contextlib.suppress (OSError):
            while not self.ended.wait (1.0) and self.link.socket.recv (1):
                pass

    def stop (self):
        self.ended.set ()
        self.link.socket.shutdown (socket.SHUT_RDWR)
        self.join ()


def look_slowly (played):
    """One reads a byte a second, one nothing at all, while much is shown."""
    with RawSession (played.port, timeout=PATIENCE_S) as slow, \
            RawSession (played.port, timeout=PATIENCE_S) as still:
        dripping = Dripping (slow.open_display (receive_buffer=4096))
        still.open_display (receive_buffer=4096)
        for _ in range (40):
            played.show ()
        assert played.desktop.stats ('display 0')['connections'] == 3
        grown = played.desktop.footprint ().memory - (
            played.before or played.desktop.footprint ()).memory
        assert grown < 2 * 16 * MIB + LARGE_GROWTH, f'{grown / MIB} MiB'
        dripping.stop ()


def test_slow_readers_cost_a_bounded_amount ():
    with scene () as played:
        played.size = LARGE
        look_slowly (played)
        played.remember ()
        look_slowly (played)
        played.check (LARGE_GROWTH)


def test_one_who_stops_reading_is_ended ():
    with scene () as played:
        played.size = LARGE
        played.remember ()
        with RawSession (played.port, timeout=PATIENCE_S) as still:
            still.open_display (receive_buffer=4096)
            poll (lambda: played.desktop.n_clients == 2, PATIENCE_S)
            for _ in range (10):
                played.show ()
            poll (lambda: played.desktop.n_clients == 1, PATIENCE_S,
                  'the end of one who does not read')
            played.check (LARGE_GROWTH)


# ---- halves

def half_open (played, count):
    """Links that say nothing, or a part of what they must; still there."""
    whole = link_message ()
    links = []
    for number in range (count):
        links.append (RawLink (played.port, timeout=PATIENCE_S))
        links[-1].send (whole[:number % (len (whole) + 1)])
        if number % 250 == 249:
            played.show ()
    return links


def test_two_thousand_half_open_links ():
    """They are dropped for others, and in the end because of their time."""
    with scene (link_timeout=10) as played:
        for link in half_open (played, 400):
            link.close ()
        played.remember ()
        links = half_open (played, 2000)
        with Viewer (played.port, only=[], timeout=PATIENCE_S):
            pass
        played.check ()
        for link in links:
            link.close ()


OPENINGS = (
    (MAIN, b''),
    (DISPLAY, struct.pack ('<HI', DISPLAY_INIT, 14) + display_init ()
     + struct.pack ('<HII', ACK_SYNC, 4, 1)),
    (INPUTS, struct.pack ('<HII', 101, 4, 0x1e) + struct.pack (
        '<HII', 102, 4, 0x9e)),
)


@functools.lru_cache (8)
def proof (key):
    """What follows the reply: the key is everybody's, for nobody is asked for
    a ticket."""
    return struct.pack ('<I', AUTH_SPICE) + ticket_bytes (key, '')


def open_part (port, kind, session, said, count):
    """Links a channel and says the first so many bytes of its opening; None
    when there are no more."""
    link = RawLink (port, timeout=PATIENCE_S)
    first = link_message (kind, connection_id=session)
    link.send (first[:count])
    count -= len (first)
    if count < 0:
        return link, False
    rest = proof (link.read_reply ().key) + said
    link.send (rest[:count])
    return link, count >= len (rest)


def end_everywhere (played, kind, said):
    """Ends sessions after each byte of the opening of this channel."""
    count, is_whole = 0, False
    while not is_whole:
        session, links = 0, []
        if kind != MAIN:
            main = RawLink (played.port, timeout=PATIENCE_S)
            main.open (MAIN)
            session = struct.unpack_from ('<I', main.wait_message (103))[0]
            links.append (main)
        link, is_whole = open_part (played.port, kind, session, said, count)
        for each in (link, *links):
            leave (each, count)
        count += 1
        if count % 50 == 0:
            played.show ()
    return count


def test_disconnects_at_every_byte_of_an_opening ():
    with scene () as played:
        end_everywhere (played, INPUTS, b'')
        played.remember ()
        for kind, said in OPENINGS:
            assert end_everywhere (played, kind, said) > 170 + len (said)
        played.check ()


# ---- nothing left

def spare_descriptors (played, count):
    """So many more the server may have; as before with None."""
    pid = played.desktop.process.pid
    _, hard = resource.prlimit (pid, resource.RLIMIT_NOFILE)
    soft = hard if count is None else (
        played.desktop.footprint ().descriptors + count)
    resource.prlimit (pid, resource.RLIMIT_NOFILE, (soft, hard))


def test_out_of_descriptors ():
    """It stops to accept, and goes on when there are some again."""
    with scene () as played:
        with Viewer (played.port, only=[], timeout=PATIENCE_S):
            pass
        played.remember ()
        spare_descriptors (played, 10)
        links = [RawLink (played.port, timeout=PATIENCE_S) for _ in range (50)]
        most = played.before.descriptors + 10
        poll (lambda: played.desktop.footprint ().descriptors == most,
              PATIENCE_S, 'nothing left')
        for _ in range (10):
            played.show ()
        assert played.desktop.n_clients == 1
        for link in links:
            link.close ()
        with Viewer (played.port, audio=False, timeout=PATIENCE_S) as late:
            late.wait_canvas (painting (played.number))
            assert late.errors () == []
        spare_descriptors (played, None)
        played.check ()


def film_frames (played):
    """How many of a stream there have been."""
    return played.desktop.stats ('display 0')['video-frames']


def test_a_film_when_out_of_descriptors ():
    """Nothing is left for an encoder's pipeline: it is shown as pictures."""
    with scene (streaming_video='all', video_codecs='vp8') as played:
        played.size = LARGE
        played.remember ()
        played.desktop.ask ('prepare', 'film', *LARGE)
        spare_descriptors (played, 0)
        played.desktop.ask ('begin', FILM_FPS)
        display = played.viewer.display ()
        before = display.changes
        wait (lambda: display.changes > before + FILM_FRAMES, PATIENCE_S,
              'a film')
        assert film_frames (played) == 0
        played.show ()
        spare_descriptors (played, None)
        play_film (played, False, 'films')
        assert played.desktop.find ('CRITICAL') is None
        assert played.desktop.messages ('spice-encoder-failed') == 0
        played.check (2 * LARGE_GROWTH)  # what an encoder keeps, too


def test_worker_pool_exhausted ():
    """Every frame is work for all, and each link needs a key of its own."""
    with scene (password='tulip', link_timeout=120) as played:
        played.size = LARGE
        played.remember ()
        played.desktop.ask ('play', 'film-screen', *LARGE, 60)
        links = [RawLink (played.port, timeout=PATIENCE_S) for _ in range (60)]
        for link in links:
            link.send_link ()
        keys = {link.read_reply ().key for link in links}
        assert len (keys) == len (links), 'links share a key'
        with Viewer (played.port, password='tulip', only=[DISPLAY],
                     timeout=PATIENCE_S) as late:
            late.wait_canvas (lambda picture: picture.any ())
            played.show ()
            late.wait_canvas (painting (played.number, *LARGE))
        for link in links:
            link.close ()
        played.check (LARGE_GROWTH)


# ---- what others do
def play_film (played, kills, name='film'):
    """Until a stream goes; how many encoders were killed in it."""
    first = film_frames (played)
    played.desktop.ask ('play', name, *LARGE, FILM_FPS)
    poll (lambda: film_frames (played) > first + 10, PATIENCE_S, 'a stream')
    killed = played.desktop.ask ('kill_encoders') if kills else 0
    if kills:
        poll (lambda: played.desktop.messages ('spice-encoder-failed'),
              PATIENCE_S, 'word of the encoder')
    played.show ()
    return killed


def test_an_encoder_is_killed ():
    """Viewers get pictures in place of its stream."""
    with scene (streaming_video='all', video_codecs='vp8') as played:
        played.size = LARGE
        played.desktop.ask ('keep_encoders')
        played.remember ()
        play_film (played, False)
        played.check (2 * LARGE_GROWTH)  # what an encoder keeps, too
        played.remember ()
        assert play_film (played, True) > 0
        assert played.desktop.messages ('spice-encoder-failed') == 1
        played.check (LARGE_GROWTH)


@contextlib.contextmanager
def dropping (**settings):
    os.makedirs ('drop', exist_ok=True)
    with scene (file_transfer_dir=os.path.abspath ('drop'),
                **settings) as played:
        wait_agent (played.viewer)
        assert Drop (played.viewer, noise ('from/small', 1000)).wait () == 'ok'
        os.unlink ('drop/small')
        played.remember ()
        yield played


def test_the_disk_is_full ():
    with dropping () as played:
        played.desktop.ask ('take_files_to', '/dev/full')
        with Agent (played, 7 | DETAILED) as agent:
            agent.start (1, size=b'4')
            assert agent.status (1)[0] == CAN_SEND
            agent.data (1, b'full')
            assert agent.status (1)[0] == NO_SPACE
        played.check ()


def test_a_file_grows_beyond_what_the_system_allows ():
    """And fits when it allows more."""
    with dropping () as played:
        pid = played.desktop.process.pid
        soft, hard = resource.prlimit (pid, resource.RLIMIT_FSIZE)
        resource.prlimit (pid, resource.RLIMIT_FSIZE, (MIB, hard))
        large = noise ('from/large', 4 * MIB)
        assert Drop (played.viewer, large).wait () != 'ok'
        poll (lambda: listing () == [], PATIENCE_S, 'the rest to be removed')
        resource.prlimit (pid, resource.RLIMIT_FSIZE, (soft, hard))
        assert Drop (played.viewer, large).wait () == 'ok'
        assert equal ('from/large', 'drop/large')
        played.check ()


# on a machine that has much else to do
for name, value in list (globals ().items ()):
    if name.startswith ('test_'):
        value.timeout = 600
