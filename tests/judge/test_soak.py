# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desktop with film, text and sound, and viewers that join and leave at
random, for JUDGE_SOAK_SECONDS (120; scripts/soak takes hours): memory and
descriptors stay as they were after a warm-up, nothing is complained of, and
everybody ends on the right picture."""

import os
import random
import time

from desk import painting, poll
from desktop import Desktop
from judge import *

SECONDS = float (os.environ.get ('JUDGE_SOAK_SECONDS', 120))
SEED = int (os.environ.get ('JUDGE_SEED', 1))
PATIENCE_S = 90
MIB = 1 << 20
# However long it takes: what is held (frames of 3.5 MiB come and go in it), and
# what the allocator has in pieces, which settles after some minutes.
GROWTH = 12 * MIB
RESIDENT_GROWTH = 96 * MIB
SIZE = 1280, 720
FPS = 10
LINE = ('spicesink name=s appsrc name=head ! s.video_0'
        ' audiotestsrc is-live=true freq=440 ! s.audio')
SCENES = 'typing', 'film', 'scroll', 'window', 'films', 'caret', 'film-drag'
N_SEATS, N_REAL = 8, 3
STEPS_A_SCENE = 8
WARM_UP_SHARE, WARM_UP_S = 0.4, 120
SETTLE_EVERY_S = 300


class Light:
    """A viewer that answers and does not look."""

    def __init__ (self, port):
        session = RawSession (port, timeout=PATIENCE_S)
        self.drains = [Drain (session.open_display ()),
                       Drain (session.open (PLAYBACK)), Drain (session.main)]

    def leave (self):
        for drain in self.drains:
            drain.stop ()


class Real:
    def __init__ (self, port):
        self.viewer = Viewer (port, timeout=PATIENCE_S)
        self.viewer.connect ()
        self.viewer.display ()

    def leave (self):
        assert self.viewer.errors () == [], self.viewer.events
        self.viewer.forget ()


class Soak:
    def __init__ (self, desktop):
        self.desktop = desktop
        self.random = random.Random (SEED)
        self.seats = [None] * N_SEATS
        self.steps = self.joined = 0

    def join (self, seat):
        kind = Real if seat < N_REAL else Light
        self.seats[seat] = kind (self.desktop.port)
        self.joined += 1

    def leave (self, seat):
        self.seats[seat].leave ()
        self.seats[seat] = None

    def step (self):
        """Somebody joins or leaves, and sometimes the scene changes."""
        if self.steps % STEPS_A_SCENE == 0:
            name = SCENES[self.steps // STEPS_A_SCENE % len (SCENES)]
            self.desktop.ask ('play', name, *SIZE, FPS)
        self.steps += 1
        seat = self.random.randrange (N_SEATS)
        if self.seats[seat]:
            self.leave (seat)
        else:
            self.join (seat)
        wait_seconds (self.random.uniform (0.2, 1.2))

    def fill (self):
        for seat in range (N_SEATS):
            if not self.seats[seat]:
                self.join (seat)

    def check_pictures (self):
        """Once it rests everybody sees the same, exactly."""
        self.fill ()
        number = 1000 + self.steps
        self.desktop.show (number, *SIZE)
        for seat in self.seats[:N_REAL]:
            seat.viewer.wait_canvas (painting (number, *SIZE),
                                     timeout=PATIENCE_S)
        assert self.desktop.n_clients == N_SEATS

    def settle (self):
        """All have gone; what the server takes then."""
        self.check_pictures ()
        for seat in range (N_SEATS):
            self.leave (seat)
        poll (lambda: self.desktop.n_connections () == 0, PATIENCE_S,
              lambda: f'the last to leave: {self.desktop.stats ()}')
        assert self.desktop.n_clients == 0
        self.steps += -self.steps % STEPS_A_SCENE
        return self.desktop.footprint ()

    def run (self, seconds):
        end = time.monotonic () + seconds
        while time.monotonic () < end:
            self.step ()

    def check_flat (self, before):
        """Descriptors of an encoder take a moment to go."""
        poll (lambda: self.desktop.footprint ().descriptors
              == before.descriptors, PATIENCE_S, lambda:
              f'{before.descriptors} descriptors, {self.desktop.footprint ()}')
        poll (lambda: self.desktop.footprint ().memory < before.memory + GROWTH,
              PATIENCE_S, lambda: f'{before}, {self.desktop.footprint ()}')
        now = self.desktop.footprint ()
        print (f'{self.joined} viewers: {now.descriptors} descriptors,'
               f' {now.memory / MIB:.1f} MiB held, were'
               f' {before.memory / MIB:.1f}, {now.resident / MIB:.1f} MiB'
               f' resident, were {before.resident / MIB:.1f}', flush=True)
        assert now.resident < before.resident + RESIDENT_GROWTH

    def check_words (self):
        assert self.desktop.messages ('wrong') == 0, self.desktop.output ()
        wrong = self.desktop.find (r'CRITICAL|WARNING \*\*')
        assert wrong is None, wrong.string


def test_soak ():
    warm_up = min (SECONDS * WARM_UP_SHARE, WARM_UP_S)
    left = SECONDS - warm_up
    with Desktop (LINE, jpeg='auto', streaming_video='filter') as desktop:
        empty = desktop.footprint ().descriptors
        soak = Soak (desktop)
        soak.run (warm_up)
        soak.settle ()
        poll (lambda: desktop.footprint ().descriptors <= empty, PATIENCE_S,
              lambda: f'{empty} descriptors, are {desktop.footprint ()}')
        before = desktop.footprint ()
        while left > 0:
            soak.run (min (left, SETTLE_EVERY_S))
            left -= SETTLE_EVERY_S
            soak.settle ()
            soak.check_flat (before)
        soak.check_words ()
        assert soak.joined > N_SEATS


test_soak.timeout = SECONDS * 2 + 10 * PATIENCE_S
