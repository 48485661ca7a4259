# SPDX-License-Identifier: LGPL-2.1-or-later
"""As test_sanitized.py, with a crowd that comes and goes: lines end in every
order and way, while one viewer stays, who notices nothing.

    JUDGE_BUILD=$PWD/build-tsan tests/judge/run.py -k crowd
"""

import contextlib
import os
import random
import socket
import struct
import threading
import time

from desk import poll
from judge import *
from ports import DATA
from raw import ATTACH_CHANNELS

SEED = int (os.environ.get ('JUDGE_SEED', 1))
SLOW = 30                  # seconds; a sanitizer slows a program down
N_AT_ONCE, N_EACH = 4, int (os.environ.get ('JUDGE_CROWD', 60))
MOST_READ_S = 0.05
LINE = ('spicesink name=s port=0 control=last',
        'videotestsrc is-live=true pattern=ball ! s.video_0',
        'videotestsrc is-live=true ! video/x-raw,width=160,height=120 !'
        ' s.video_1 audiotestsrc is-live=true ! s.audio',
        'videotestsrc num-buffers=1 ! video/x-raw,format=BGRA,width=16,'
        'height=16 ! s.cursor_0 spicesrc name=x x.audio ! fakesink',
        'x.input ! fakesink',
        'spiceportsrc ! queue ! spiceportsink',
        *(f'spiceportsrc port-type={kind} ! queue !'
          f' spiceportsink port-type={kind}' for kind in ('webdav', 'usbredir')))
STREAMS = PORT, WEBDAV, USBREDIR  # one viewer's at a time
WATCHED = [DISPLAY, INPUTS, CURSOR, PLAYBACK, RECORD]
CHANNELS = ((DISPLAY, 0), (DISPLAY, 1), (INPUTS, 0), (CURSOR, 0), (PLAYBACK, 0),
            (RECORD, 0), *((kind, 0) for kind in STREAMS))


def reset (link):
    """The server finds its line broken."""
    link.socket.setsockopt (socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack ('ii', 1, 0))
    link.close ()


def end_sending (link):
    """Half of it; the rest when all are closed."""
    with contextlib.suppress (OSError):  # the server was faster
        link.socket.shutdown (socket.SHUT_WR)


ENDS = RawLink.close, reset, end_sending


class Passer (threading.Thread):
    """Comes, looks round a little or not, and leaves, again and again."""

    def __init__ (self, port, seed):
        super ().__init__ (daemon=True)
        self.port, self.random = port, random.Random (seed)
        self.n_visits = 0
        self.error = None

    def run (self):
        try:
            while self.n_visits < N_EACH:
                self.visit ()
                self.n_visits += 1
        except BaseException as error:
            self.error = error

    def visit (self):
        with RawSession (self.port, timeout=SLOW) as session:
            some = self.random.sample (CHANNELS,
                                       self.random.randint (1, len (CHANNELS)))
            for kind, number in some:
                self.enter (session, kind, number)
            session.main.send_message (ATTACH_CHANNELS)
            time.sleep (self.random.choice ((0, 0, MOST_READ_S)))
            for link in self.random.sample (session.links, len (session.links)):
                self.random.choice (ENDS) (link)

    def enter (self, session, kind, number):
        if kind == DISPLAY:
            session.open_display (number)
            return
        link = session.open (kind, number)
        with contextlib.suppress (ConnectionError):  # somebody else has it
            if kind in STREAMS:
                link.send_message (DATA, bytes (self.random.randrange (5000)))


def test_sanitized_crowd ():
    with launched (*LINE, timeout=SLOW, end_timeout=SLOW) as server:
        with Viewer (server.port, timeout=SLOW, only=WATCHED) as viewer:
            viewer.wait_canvas (lambda picture: picture.any ())
            crowd = [Passer (server.port, SEED * 1000 + i)
                     for i in range (N_AT_ONCE)]
            for passer in crowd:
                passer.start ()
            poll (lambda: not any (one.is_alive () for one in crowd), 200,
                  lambda: f'{[one.n_visits for one in crowd]} of {N_EACH}')
            errors = [one.error for one in crowd if one.error]
            assert not errors, errors
            server.wait_line ('num-clients=.uint.1', SLOW)
            before = viewer.canvas ()
            viewer.wait_canvas (lambda picture: (picture != before).any ())
            assert viewer.errors () == []
        server.wait_line ('num-clients=.uint.0', SLOW)
    assert server.process.returncode == 0, server.output ()


test_sanitized_crowd.timeout = 300
