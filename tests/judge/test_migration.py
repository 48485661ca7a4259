# SPDX-License-Identifier: LGPL-2.1-or-later
"""Viewers move from one server to another, with picture, sound and input going
on, and stay where they are when that fails."""

import contextlib
import socket

from clips import Clips
from desk import as_dict, gst_spice, poll
from judge import *
from stage import Stage

A_KEY, B_KEY = 0x1e, 0x30
SOURCE_HZ, TARGET_HZ = 440, 880
SLOW = 45               # seconds: on a busy machine


class Place (Stage):
    """A server with a film and a tone; .server is its GstSpiceServer."""

    def __init__ (self, name, pattern, hz, *options, more=()):
        gst_spice ()
        super ().__init__ (
            f'videotestsrc is-live=true pattern={pattern} !',
            'video/x-raw,width=320,height=240,framerate=10/1 ! videoconvert !',
            f'spicesink name=s port=0 server-name={name}', *options,
            f'audiotestsrc is-live=true freq={hz} ! s.', *more)

    @property
    def server (self):
        return self['s'].get_property ('server')

    def told (self, name):
        return [as_dict (s) for s in self.events (name)]

    def wait_told (self, name):
        poll (lambda: self.told (name), SLOW, lambda: f'{name}; so far'
              f' {[m.get_structure () and m.get_structure ().to_string () for m in self.messages][-9:]}')
        return self.told (name)[-1]

    def keys (self):
        """How many keys were pressed."""
        return sum ('key-press' in m.get_structure ().to_string ()
                    for m in self.messages if m.get_structure ())

    def connect (self, other, port=None):
        return self.server.emit ('migrate-connect', '127.0.0.1',
                                 port or other.port, 0, None)

    def expect (self, connection_id=0):
        assert self.server.emit ('expect-migration', connection_id, 60)

    def client_id (self):
        return self.told ('spice-client-added')[0]['connection-id']


@contextlib.contextmanager
def two_places (*options):
    with Place ('source', 'smpte', SOURCE_HZ, *options) as source, \
            Place ('target', 'ball', TARGET_HZ, *options) as target:
        with Viewer (source.port, timeout=SLOW) as viewer:
            viewer.wait_canvas (lambda picture: picture.any ())
            hears (viewer, SOURCE_HZ)
            yield source, target, viewer


def hears (viewer, hz):
    """Waits until a viewer hears this tone, and no other."""
    def is_heard ():
        viewer.playback.forget ()
        pcm = viewer.playback.hear (0.5)
        return abs (tone_frequency (pcm, viewer.playback.rate) - hz) < 3
    for _ in range (60):
        if is_heard ():
            return
    assert False, f'{hz} Hz is not heard'


def types (viewer, place, scancode=A_KEY):
    """A key arrives there."""
    before = place.keys ()
    viewer.inputs.key (scancode)
    poll (lambda: place.keys () > before, SLOW, 'a key')


def is_at (viewer, place, hz):
    """The viewer sees what anybody else sees there, hears it, types there."""
    hears (viewer, hz)
    types (viewer, place)
    place.pause ()
    with Viewer (place.port, timeout=SLOW, only=(DISPLAY,)) as witness:
        poll (lambda: not difference (viewer.canvas (), witness.canvas ())
              and witness.canvas ().any (), SLOW, 'the same picture')
    place.play ()


def goes_on_at_source (source, viewer):
    is_at (viewer, source, SOURCE_HZ)
    assert not viewer.errors (), viewer.events
    assert [e.name for e in viewer.events if e.type == MAIN] == ['opened']


# ---- semi-seamless

def test_a_viewer_links_moves_and_goes_on ():
    with two_places () as (source, target, viewer):
        target.expect (source.client_id ())
        assert source.connect (target)
        told = source.wait_told ('spice-migrate-connect-complete')
        assert [r['way'] for r in told['results']] == ['semi-seamless'], told
        types (viewer, source)
        assert source.server.emit ('migrate-end', True)
        told = source.wait_told ('spice-migrate-end-complete')
        assert told == {'completed': True, 'lost': 0}, told
        assert target.wait_told ('spice-migrate-arrived')['moved-in']
        is_at (viewer, target, TARGET_HZ)
        assert [e.name for e in viewer.events if e.type == MAIN] == ['opened']
        assert source.server.get_property ('num-clients') == 0
        assert target.client_id () == source.client_id ()

test_a_viewer_links_moves_and_goes_on.timeout = 240


# ---- seamless

def moves_seamlessly (*options):
    with two_places ('seamless-migration=true', *options) as (
            source, target, viewer):
        viewer.inputs.key_press (B_KEY)
        viewer.request_mouse_mode (CLIENT_MOUSE)
        viewer.wait (lambda: viewer.mouse_mode == CLIENT_MOUSE)
        target.expect (source.client_id ())
        assert source.connect (target)
        told = source.wait_told ('spice-migrate-connect-complete')
        assert [r['way'] for r in told['results']] == ['seamless'], told
        types (viewer, source)
        assert source.server.emit ('migrate-end', True)
        told = source.wait_told ('spice-migrate-end-complete')
        assert told == {'completed': True, 'lost': 0}, told
        assert target.wait_told ('spice-migrate-arrived')['moved-in']
        is_at (viewer, target, TARGET_HZ)
        assert [e.name for e in viewer.events if e.type == MAIN] == ['opened']
        assert source.server.get_property ('num-clients') == 0


def test_a_session_goes_on_elsewhere ():
    moves_seamlessly ()

test_a_session_goes_on_elsewhere.timeout = 240


def test_a_session_goes_on_elsewhere_with_proof ():
    moves_seamlessly ('migration-key=known-to-both')

test_a_session_goes_on_elsewhere_with_proof.timeout = 240


# ---- with what the viewer is in the middle of

TEXT, CLIPBOARD = 1, 0
NAME_OF_TEXT = 'text/plain;charset=utf-8'
BLOCK = 1 << 15
LARGE = bytes (0x20 + i * 7 % 95 for i in range (1 << 20))


class Clipped (Clips):
    """A viewer's clipboard that takes its time to answer."""

    def _on_request (self, _, selection, kind):
        self.asked = True
        return False

    def answer (self):
        self.main.clipboard_selection_notify (CLIPBOARD, TEXT, LARGE)


@contextlib.contextmanager
def piped ():
    with contextlib.ExitStack () as stack:
        pipes = [Pipe (), Pipe ()]
        for pipe in pipes:
            stack.callback (pipe.close)
        yield pipes


def ported (name, pipe):
    return (f'fdsrc fd={pipe.source} ! s.port_0',
            f'spicesrc name=r server-name={name}',
            f'r.port_0 ! fdsink sync=false fd={pipe.sink}')


def go (source, target):
    target.expect (source.client_id ())
    assert source.connect (target)
    told = source.wait_told ('spice-migrate-connect-complete')
    assert [r['way'] for r in told['results']] == ['seamless'], told
    assert source.server.emit ('migrate-end', True)
    source.wait_told ('spice-migrate-end-complete')
    assert target.wait_told ('spice-migrate-arrived')['moved-in']


def test_a_chat_and_a_clipboard_go_on_elsewhere ():
    allowed = 'seamless-migration=true'
    with piped () as pipes, \
            Place ('source', 'smpte', SOURCE_HZ, allowed,
                   more=ported ('source', pipes[0])) as source, \
            Place ('target', 'ball', TARGET_HZ, allowed,
                   more=ported ('target', pipes[1])) as target:
        with Viewer (source.port, timeout=SLOW) as viewer:
            viewer.wait_canvas (lambda picture: picture.any ())
            port = viewer.part (PORT)
            port.wait_opened ()
            clips = Clipped (viewer)
            clips.wait_ready ()
            clips.asked = False
            grabs, got = [], []
            source.server.connect ('clipboard-grabbed', lambda *args: grabs.append (args))
            target.server.connect ('clipboard-data', lambda *args: got.append (args))
            clips.main.clipboard_selection_grab (CLIPBOARD, [TEXT])
            poll (lambda: grabs, SLOW, 'a grab')
            # asked for here, answered there
            assert source.server.emit ('clipboard-request', source.client_id (),
                                       CLIPBOARD, NAME_OF_TEXT)
            poll (lambda: clips.asked, SLOW, 'a question')
            port.write (b'to the first')
            pipes[0].wait_data (b'to the first')
            pipes[0].write (b'from the first, ')
            # nobody reads any more: that is taken along
            pipes[0].sleep ()
            for start in range (0, len (LARGE), BLOCK):
                port.write (LARGE[start:start + BLOCK])
            go (source, target)
            clips.answer ()
            poll (lambda: got, SLOW, 'an answer')
            assert got[0][-1].get_data () == LARGE
            assert port.opened
            pipes[1].write (b'from the second')
            port.wait_data (b'from the first, from the second')
            port.write (b'to the second')
            pipes[0].wake ()
            poll (lambda: pipes[1].data.endswith (b'to the second'), SLOW,
                  lambda: f'{len (pipes[1].data)} bytes')
            poll (lambda: bytes (pipes[0].data + pipes[1].data) ==
                  b'to the first' + LARGE + b'to the second', SLOW,
                  lambda: f'{len (pipes[0].data)} and {len (pipes[1].data)} bytes')
            assert pipes[1].data != b'to the second', 'nothing was taken along'
            assert not viewer.errors (), viewer.events
            assert viewer.main.get_property ('agent-connected')

test_a_chat_and_a_clipboard_go_on_elsewhere.timeout = 240


# ---- switch-host

def test_a_viewer_is_sent_to_another_host ():
    with two_places () as (source, target, viewer):
        assert source.server.emit ('switch-host', '127.0.0.1', target.port, 0,
                                   None)
        told = source.wait_told ('spice-migrate-end-complete')
        assert told == {'completed': True, 'lost': 0}, told
        poll (lambda: target.told ('spice-client-added'), SLOW, 'the viewer')
        poll (lambda: viewer.is_open (DISPLAY) and viewer.is_open (PLAYBACK)
              and viewer.is_open (INPUTS), SLOW, 'channels')
        is_at (viewer, target, TARGET_HZ)

test_a_viewer_is_sent_to_another_host.timeout = 240


# ---- failures

def test_a_target_that_expects_nobody_is_not_moved_to ():
    with two_places () as (source, target, viewer):
        assert source.connect (target)
        told = source.wait_told ('spice-migrate-connect-complete')
        assert [r['way'] for r in told['results']] == ['switch-host'], told
        assert source.server.emit ('migrate-end', False)
        told = source.wait_told ('spice-migrate-end-complete')
        assert not told['completed'], told
        goes_on_at_source (source, viewer)
        assert target.server.get_property ('num-clients') == 0

test_a_target_that_expects_nobody_is_not_moved_to.timeout = 240


def test_a_cancelled_migration_leaves_the_viewer_where_it_is ():
    with two_places () as (source, target, viewer):
        target.expect ()
        assert source.connect (target)
        source.wait_told ('spice-migrate-connect-complete')
        assert source.server.emit ('migrate-end', False)
        source.wait_told ('spice-migrate-end-complete')
        assert not target.wait_told ('spice-migrate-arrived')['moved-in']
        goes_on_at_source (source, viewer)
        # and may go later
        target.expect ()
        assert source.connect (target)
        poll (lambda: len (source.told ('spice-migrate-connect-complete')) == 2,
              SLOW, 'links')
        assert source.server.emit ('migrate-end', True)
        poll (lambda: len (target.told ('spice-migrate-arrived')) == 2, SLOW,
              'the viewer')
        is_at (viewer, target, TARGET_HZ)

test_a_cancelled_migration_leaves_the_viewer_where_it_is.timeout = 240


def test_a_target_that_does_not_answer_is_given_up ():
    with two_places () as (source, _, viewer), socket.socket () as deaf:
        deaf.bind (('127.0.0.1', 0))
        deaf.listen ()
        assert source.connect (None, deaf.getsockname ()[1])
        told = source.wait_told ('spice-migrate-connect-complete')
        assert [r['way'] for r in told['results']] == ['switch-host'], told
        assert source.server.emit ('migrate-end', False)
        source.wait_told ('spice-migrate-end-complete')
        goes_on_at_source (source, viewer)

test_a_target_that_does_not_answer_is_given_up.timeout = 240
