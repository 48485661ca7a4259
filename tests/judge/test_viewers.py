# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several viewers: all see everything, and none disturbs another."""

import contextlib
import signal
import socket
import struct
import threading

import film
from desk import *
from judge import *
from line import Line
from raw import ACK, ACK_SYNC, SET_ACK

KEY_A, KEY_B, KEY_C = 0x1e, 0x30, 0x2e
SLOW_MEMORY = 60 << 20
SLOW_SECONDS = 4.0


@contextlib.contextmanager
def viewers_of (desk, count, **options):
    """So many viewers that have all got a surface."""
    with contextlib.ExitStack () as stack:
        viewers = [stack.enter_context (Viewer (desk.port, **options))
                   for _ in range (count)]
        for viewer in viewers:
            viewer.display ()
        yield viewers


def show_to_all (desk, viewers, numbers):
    """Each picture is seen by everybody before the next one comes."""
    for number in numbers:
        desk.show (painting (number))
        for viewer in viewers:
            viewer.wait_canvas (painting (number))


# ---- many

def test_sixteen_viewers_see_the_same ():
    with Desk () as desk:
        desk.show (painting (0))
        with viewers_of (desk, 16) as viewers:
            wait (lambda: desk.n_clients == 16, what='16 clients')
            for number in range (1, 60):
                desk.show (painting (number))
            for viewer in viewers:
                viewer.wait_canvas (painting (59))
                assert viewer.errors () == []


def test_images_are_encoded_once_for_all ():
    costs = []
    for count in (1, 16):
        with Desk () as desk:
            desk.show (painting (0))
            with viewers_of (desk, count, only=[DISPLAY]) as viewers:
                show_to_all (desk, viewers, [0])
                before = desk.stats ('display 0')['images-encoded']
                show_to_all (desk, viewers, range (1, 15))
                costs.append (desk.stats ('display 0')['images-encoded'] - before)
    assert costs[0] >= 14 and costs[0] == costs[1], costs


def test_joining_together_costs_one_picture ():
    with Desk () as desk:
        desk.show (painting (0))
        with viewers_of (desk, 16, only=[DISPLAY]) as viewers:
            show_to_all (desk, viewers, [0])
            assert desk.stats ('display 0')['images-encoded'] == 1


def test_viewers_come_and_go_amid_changes ():
    with Desk () as desk:
        shown = [0]

        def show_next ():
            desk.show (painting (shown[0] + 1))
            shown[0] += 1
            return True
        show_next ()
        with viewers_of (desk, 1) as (steady,):
            timer = GLib.timeout_add (10, show_next)
            for _ in range (25):
                with viewers_of (desk, 1) as (guest,):
                    guest.wait_canvas (lambda picture: picture.any ())
            GLib.source_remove (timer)
            steady.wait_canvas (painting (shown[0]))
            assert steady.errors () == []
            wait (lambda: desk.n_clients == 1, what='the guests to be gone')


def test_one_too_many_is_refused_and_the_reason_told ():
    with Desk (max_clients=2) as desk:
        desk.show (painting (1))
        with viewers_of (desk, 2) as viewers:
            try:
                with Viewer (desk.port):
                    assert False, 'a third viewer was let in'
            except ConnectFailed as error:
                assert error.events[0].name.startswith ('error'), error
            refusal = desk.wait_fact ('spice-client-rejected')
            assert '2 viewers' in refusal['reason'], refusal
            show_to_all (desk, viewers, [2, 3])
        wait (lambda: desk.n_clients == 0)
        with viewers_of (desk, 2) as viewers:
            show_to_all (desk, viewers, [4])


# ---- roles

def keys_of (desk):
    """Scancodes that reached the pipeline, in order."""
    events = [m.get_structure ().get_value ('event').get_structure ()
              for m in desk.messages if m.get_structure ()
              and m.get_structure ().get_name () == 'GstNavigationMessage']
    return [event.get_value ('scancode') for event in events
            if event.get_value ('event') == 'key-press']


def press (desk, viewer, key):
    """Presses a key and waits until the server has read it."""
    def read ():
        return desk.stats ()['clients'][0]['messages-received']
    before = read ()
    viewer.inputs.key (key)
    poll (lambda: read () >= before + 2, what='the key to be read')


def test_a_view_only_viewer_sees_and_cannot_type ():
    with Desk (view_only=True) as desk:
        desk.show (painting (1))
        with viewers_of (desk, 1) as (viewer,):
            assert desk.wait_fact ('spice-client-added')['view-only'] is True
            viewer.wait_canvas (painting (1))
            press (desk, viewer, KEY_A)
            client = desk.facts ('spice-client-added')[0]['connection-id']
            assert desk.server.emit ('set-client-role', client, False)
            press (desk, viewer, KEY_B)
            wait (lambda: keys_of (desk), what='a key')
            assert keys_of (desk) == [KEY_B], 'a key of one who may only look'


def test_roles_change_while_connected ():
    with Desk () as desk:
        desk.show (painting (1))
        with viewers_of (desk, 1) as (viewer,):
            client = desk.wait_fact ('spice-client-added')['connection-id']
            press (desk, viewer, KEY_A)
            assert desk.server.emit ('set-client-role', client, True)
            press (desk, viewer, KEY_B)
            clients = desk.stats ()['clients']
            assert [c['view-only'] for c in clients] == [True]
            assert desk.server.emit ('set-client-role', client, False)
            press (desk, viewer, KEY_C)
            wait (lambda: KEY_C in keys_of (desk), what='the last key')
            assert keys_of (desk) == [KEY_A, KEY_C]
            assert not desk.server.emit ('set-client-role', client + 1, True)


# ---- slow ones

def rate_of (viewer, seconds):
    """Frames of the film a viewer sees in a second."""
    display = viewer.display ()
    display.watch_stamps ()
    wait_seconds (seconds)
    return len (display.stamps) / seconds


def test_slow_viewers_cost_little_and_end_on_the_last_picture ():
    last = painting (film.LAST, 1920, 1080)
    server = Server ([film.__file__, '1920x1080', 20])
    with contextlib.ExitStack () as stack:
        stack.enter_context (server)
        silent, dripping = (stack.enter_context (Line (server.port))
                            for _ in range (2))
        fast, first, second = (
            stack.enter_context (Viewer (port, only=[DISPLAY])) for port in
            (server.port, silent.port, dripping.port))
        for viewer in (first, second):
            viewer.display ()
        silent.rate = 0
        fast.wait_canvas (lambda picture: picture.any ())
        rate = rate_of (fast, 2.0)
        memory = server.rss_bytes ()
        dripping.rate = 1
        slow_rate = rate_of (fast, SLOW_SECONDS)
        growth = server.rss_bytes () - memory
        assert growth < SLOW_MEMORY, f'{growth >> 20} MiB for slow viewers'
        assert slow_rate > 0.7 * rate, (slow_rate, rate)
        server.process.send_signal (signal.SIGUSR1)
        fast.wait_canvas (last)
        silent.rate = dripping.rate = None
        first.wait_canvas (last)
        second.wait_canvas (last)
        assert not first.errors () and not second.errors ()


class Mute (threading.Thread):
    """Reads a link and answers nothing."""

    def __init__ (self, link):
        super ().__init__ (daemon=True)
        self.link, self.messages = link, 0
        self.generation = self.window = None
        link.socket.settimeout (None)
        self.start ()

    def run (self):
        try:
            while True:
                message = self.link.read_message ()
                self.messages += 1
                if message.type == SET_ACK:
                    self.messages = 0
                    self.generation, self.window = struct.unpack (
                        '<II', message.body)
        except (Closed, OSError):
            pass


def test_a_viewer_that_never_acknowledges_is_left_behind ():
    with Desk () as desk:
        desk.show (painting (0))
        with viewers_of (desk, 1) as (good,), \
                RawSession (desk.port) as session:
            mute = Mute (session.open_display ())
            wait (lambda: desk.n_clients == 2)
            show_to_all (desk, [good], range (1, 101))
            before = mute.messages
            assert before <= 2 * mute.window + 1, (before, mute.window)
            assert desk.stats ('display 0')['folds'] > 0
            mute.link.send_message (ACK_SYNC, struct.pack (
                '<I', mute.generation))
            mute.link.send_message (ACK)
            mute.link.send_message (ACK)
            poll (lambda: mute.messages > before, what='the rest')
            mute.link.socket.shutdown (socket.SHUT_RDWR)


# ---- leaving

def half_of (data):
    return data[:len (data) // 2]


def stages (port):
    """Opens links and leaves them at every stage."""
    def fresh ():
        return RawLink (port)

    def with_reply ():
        link = fresh ()
        link.send_link ()
        return link, link.read_reply ()
    yield fresh ()
    link = fresh ()
    link.send (half_of (link_message ()))
    yield link
    link = fresh ()
    link.send_link ()
    yield link
    yield with_reply ()[0]
    link, reply = with_reply ()
    link.send (struct.pack ('<I', 1))
    yield link
    link, reply = with_reply ()
    link.send (struct.pack ('<I', 1) + half_of (ticket_bytes (reply.key, '')))
    yield link
    link, reply = with_reply ()
    link.send_ticket (reply.key)
    yield link
    link, reply = with_reply ()
    link.send_ticket (reply.key)
    link.read_result ()
    yield link
    link = fresh ()
    link.open (MAIN)
    link.wait_message (103)
    yield link
    link = fresh ()
    link.open (MAIN)
    link.wait_message (103)
    link.send (b'\x68\0')        # a third of a message's header
    yield link


def sessions (port):
    """The same for sessions with a display."""
    session = RawSession (port)
    session.open (DISPLAY)
    yield session
    session = RawSession (port)
    session.open_display ()
    yield session
    session = RawSession (port)
    session.open_display ().wait_message (314)
    yield session
    session = RawSession (port)
    display = session.open_display (receive_buffer=4096)
    display.wait_message (314)
    display.read (10)
    yield session
    session = RawSession (port)
    session.open_display ().close ()
    session.main.wait_message (4)
    yield session


def test_viewers_leave_at_every_stage ():
    with Desk () as desk:
        desk.show (painting (0, 800, 600))
        with viewers_of (desk, 1) as (steady,):
            for link in stages (desk.port):
                link.close ()
            for session in sessions (desk.port):
                session.__exit__ (None, None, None)
            poll (lambda: desk.n_clients == 1, what='the others to be gone')
            poll (lambda: desk.stats ('display 0')['connections'] == 1)
            desk.show (painting (1, 800, 600))
            steady.wait_canvas (painting (1, 800, 600))
            assert steady.errors () == []
