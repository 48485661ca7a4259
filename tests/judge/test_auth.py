# SPDX-License-Identifier: LGPL-2.1-or-later
"""An application decides who comes in, as what, and with which channels; and
hears why others do not."""

import contextlib
import os
import tempfile
import threading

import gi

from certificates import Certificates
from desk import *
from judge import *
from raw import ATTACH_CHANNELS, CHANNELS_LIST, RawLink, RawSession

DENIED = 7          # SPICE_LINK_ERR_PERMISSION_DENIED
KEY_A = 0x1e
LONG = 60
SOUND = (' audiotestsrc is-live=true ! spiceplaybacksink')
TOKENS = {'for ada': ('ada', False), 'for guests': ('guest', True)}


class Doorman:
    """Answers requests as TOKENS say, from a thread of its own."""

    def __init__ (self, server):
        gst_spice ()
        self.asked = []        # (mechanism, password), in order
        self.kept = []
        self.keeps = False     # does not answer
        server.connect ('authenticate', self._on_authenticate)

    def _on_authenticate (self, server, request):
        self.asked.append ((request.get_mechanism (), request.get_password ()))
        if self.keeps:
            self.kept.append (request)
            return
        threading.Thread (target=self.answer, args=[request]).start ()

    @staticmethod
    def answer (request):
        token = next ((t for t in TOKENS if request.check_password (t)), None)
        if token is None:
            assert request.refuse ()
            return
        user, view_only = TOKENS[token]
        request.set_user (user)
        request.set_view_only (view_only)
        assert request.accept ()
        assert not request.refuse (), 'a second answer counts'


def ask (link, doorman):
    """Brings a ticket to a doorman who keeps the question."""
    link.send_link ()
    link.send_ticket (link.read_reply ().key, 'for ada')
    poll (lambda: doorman.kept, LONG, 'the question')


def gets_in (port, password, **more):
    try:
        with Viewer (port, password=password, only=[], timeout=LONG, **more):
            return True
    except ConnectFailed as error:
        assert error.events[0].name == 'error-auth', error
        return False


def refusals (desk):
    """{kind: how many}, of the statistics."""
    stats = desk.server.get_property ('stats')  # keeps what is in it
    return as_dict (stats.get_value ('refusals'))


def test_an_application_decides_by_its_own_store ():
    with Desk (password='of no use') as desk:
        doorman = Doorman (desk.server)
        desk.show (painting (1))
        with Viewer (desk.port, password='for ada', timeout=LONG) as viewer:
            viewer.wait_canvas (painting (1))
            added = desk.wait_fact ('spice-client-added', timeout=LONG)
            assert (added['user'], added['mechanism']) == ('ada', 'ticket')
            # once, for all the channels of the viewer
            assert doorman.asked == [('ticket', 'for ada')], doorman.asked
            client, = desk.stats ()['clients']
            assert client['user'] == 'ada', client
            assert {'main 0', 'display 0'} <= {
                c['name'] for c in client['connections']}, client
            assert all (c['encryption'] == 'none' and c['bytes-sent'] > 0
                        for c in client['connections']
                        if c['name'] != 'inputs 0'), client
        for wrong in ('of no use', 'for nobody'):
            assert not gets_in (desk.port, wrong), wrong
        failed = desk.wait_fact ('spice-auth-failed', 2, LONG)
        assert failed['address'].startswith ('127.0.0.1:'), failed
        assert failed['failures'] == 2 and failed['mechanism'] == 'ticket'
        rejected = desk.wait_fact ('spice-client-rejected', 2, LONG)
        assert rejected['refusal'] == 'wrong-password', rejected
        assert refusals (desk) == {'wrong-password': 2}
        assert 'nobody' not in str (failed) + str (rejected)


def test_the_answer_gives_the_role ():
    with Desk () as desk:
        Doorman (desk.server)
        desk.show (painting (1))
        with Viewer (desk.port, password='for guests', audio=False,
                     timeout=LONG) as guest, \
                Viewer (desk.port, password='for ada', audio=False,
                        timeout=LONG) as ada:
            for viewer in (guest, ada):
                viewer.wait_canvas (painting (1))
            roles = {c['user']: (c['view-only'], c['in-control'])
                     for c in desk.stats ()['clients']}
            assert roles == {'guest': (True, False), 'ada': (False, True)}
            guest.inputs.key_press (KEY_A + 1)
            ada.inputs.key_press (KEY_A)
            poll (lambda: desk.events ('GstNavigationMessage'), LONG, 'a key')
            events = [e.get_value ('event').get_structure ()
                      for e in desk.events ('GstNavigationMessage')]
            assert [e.get_value ('scancode') for e in events] == [KEY_A]


def test_who_is_not_answered_is_refused ():
    with Desk (link_timeout=3) as desk:
        doorman = Doorman (desk.server)
        doorman.keeps = True
        with RawLink (desk.port, timeout=LONG) as link:
            link.send_link ()
            link.send_ticket (link.read_reply ().key, 'for ada')
            assert link.read_result () == DENIED
        poll (lambda: 'no-answer' in refusals (desk), LONG, 'the refusal')
        assert not desk.facts ('spice-auth-failed')
        doorman.answer (doorman.kept.pop ())   # too late, and nobody is hurt
        # one that is dropped needs no patience
        with RawLink (desk.port, timeout=LONG) as link:
            ask (link, doorman)
            doorman.kept.clear ()
            assert link.read_result () == DENIED
        doorman.keeps = False
        assert gets_in (desk.port, 'for ada')


def test_the_application_learns_that_a_viewer_left ():
    with Desk (link_timeout=600) as desk:
        doorman = Doorman (desk.server)
        doorman.keeps = True
        with RawLink (desk.port, timeout=LONG) as link:
            ask (link, doorman)
            gone = doorman.kept[0].get_cancellable ()
            assert not gone.is_cancelled ()
        poll (gone.is_cancelled, LONG, 'that it has left')
        poll (lambda: pending (desk) == 0, LONG, 'its place')
        assert refusals (desk) == {'closed': 1}
        doorman.answer (doorman.kept.pop ())   # nobody is hurt
        # a real one, whose user gives up
        viewer = Viewer (desk.port, password='for ada', only=[], timeout=LONG)
        viewer.dial ()
        poll (lambda: doorman.kept, LONG, 'the question')
        gone = doorman.kept[0].get_cancellable ()
        assert not gone.is_cancelled ()
        viewer.close ()
        poll (gone.is_cancelled, LONG, 'that it has left')
        # and one that stays is not cancelled
        doorman.kept.clear ()
        doorman.keeps = False
        assert gets_in (desk.port, 'for ada')


def test_what_a_viewer_says_too_early_is_heard_later ():
    with Desk (link_timeout=600) as desk:
        doorman = Doorman (desk.server)
        doorman.keeps = True
        with RawLink (desk.port, timeout=LONG) as link:
            ask (link, doorman)
            link.send_message (ATTACH_CHANNELS)
            doorman.answer (doorman.kept.pop ())
            assert link.read_result () == 0
            link.wait_message (CHANNELS_LIST)


def test_others_come_in_while_one_is_thought_about ():
    with Desk (link_timeout=LONG) as desk:
        doorman = Doorman (desk.server)
        doorman.keeps = True
        with RawLink (desk.port, timeout=LONG) as link:
            link.send_link ()
            link.send_ticket (link.read_reply ().key, 'for guests')
            poll (lambda: doorman.kept, LONG, 'the question')
            doorman.keeps = False
            assert gets_in (desk.port, 'for ada')
            doorman.answer (doorman.kept.pop ())
            assert link.read_result () == 0
        desk.wait_fact ('spice-client-added', 2, LONG)
        assert [f['user'] for f in desk.facts ('spice-client-added')] == [
            'ada', 'guest']


def test_a_public_address_is_safe_with_an_application ():
    desk = Desk (address='*')
    doorman = Doorman (desk.server)
    with desk:
        assert gets_in (desk.port, 'for ada')
        assert not gets_in (desk.port, None)
        assert len (doorman.asked) == 2, doorman.asked


def test_a_channel_is_kept_from_a_viewer ():
    asked = []

    def authorize (server, viewer, user, channel, number):
        asked.append ((viewer, user, channel, number))
        return channel != 'playback'
    with Desk ('appsrc name=head ! spicedisplaysink name=s' + SOUND) as desk:
        desk.server.connect ('authorize-channel', authorize)
        desk.show (painting (1))
        with Viewer (desk.port, timeout=LONG) as viewer:
            viewer.wait_canvas (painting (1))
            client = desk.wait_fact ('spice-client-added',
                                     timeout=LONG)['connection-id']
            assert (client, '', 'display', 0) in asked
            assert (client, '', 'playback', 0) in asked
            assert not viewer.is_open (PLAYBACK, 0)
            assert (PLAYBACK, 0) not in viewer.parts, 'the viewer is told'
            # one that asks for it all the same
            with RawLink (desk.port, timeout=LONG) as link:
                link.send_link (kind=PLAYBACK, connection_id=client)
                link.send_ticket (link.read_reply ().key, '')
                assert link.read_result () == 9
            poll (lambda: refusals (desk) == {'not-authorised': 1}, LONG,
                  lambda: refusals (desk))


def test_a_wrong_password_is_reported_with_its_address ():
    with Desk (password='tulip') as desk:
        heard = []
        desk.server.connect ('client-rejected::wrong-password',
                             lambda _, *what: heard.append (what))
        desk.server.connect ('client-rejected::limit',
                             lambda _, *what: heard.append ('limit'))
        with RawLink (desk.port, timeout=LONG, source='127.0.0.77') as link:
            link.send_link ()
            link.send_ticket (link.read_reply ().key, 'daisy')
            assert link.read_result () == DENIED
        fact = desk.wait_fact ('spice-auth-failed', timeout=LONG)
        assert fact['address'].startswith ('127.0.0.77:'), fact
        poll (lambda: heard, LONG, 'the signal')
        assert len (heard) == 1 and heard[0][0] == fact['address'], heard


def test_the_password_may_stand_in_a_file ():
    with tempfile.NamedTemporaryFile ('w') as file:
        file.write ('tulip\nnot this\n')
        file.flush ()
        with Desk (password_file=file.name) as desk:
            assert gets_in (desk.port, 'tulip')
            assert not gets_in (desk.port, 'not this')
            desk['s'].set_property ('password', 'rose')
            assert not gets_in (desk.port, 'tulip')
            assert gets_in (desk.port, 'rose')


def test_the_password_may_come_through_a_pipe ():
    ours, theirs = os.pipe ()
    os.write (theirs, b'tulip\n')
    os.close (theirs)
    try:
        with Desk (password_file=f'/dev/fd/{ours}') as desk:
            assert gets_in (desk.port, 'tulip')
            assert not gets_in (desk.port, '')
    finally:
        os.close (ours)


def test_a_password_file_of_no_use_is_told ():
    for path, why in ('/nowhere/password', 'No such file'), \
            ('/dev/null', 'its first line is empty'):
        text = Desk (password_file=path).start_error ()
        assert '"password-file"' in text and path in text, text
        assert why in text, text


def test_wrong_passwords_slow_down_their_address_only ():
    with Desk (password='tulip') as desk:
        for _ in range (4):    # three are free
            with RawLink (desk.port, timeout=LONG, source='127.0.0.77') as link:
                link.send_link ()
                link.send_ticket (link.read_reply ().key, 'daisy')
                assert link.read_result () == DENIED
        desk.wait_fact ('spice-auth-failed', 4, LONG)
        delays = [f['delay-ms'] for f in desk.facts ('spice-auth-failed')]
        assert delays == [0, 0, 0, 1000], delays
        with RawLink (desk.port, timeout=LONG, source='127.0.0.77') as held, \
                RawLink (desk.port, timeout=LONG,
                         source='127.0.0.78') as other:
            for link in (held, other):
                link.send_link ()
                link.send_ticket (link.read_reply ().key, 'daisy')
            assert other.read_result () == DENIED
            desk.wait_fact ('spice-auth-failed', 6, LONG)
            delays = {f['address'].split (':')[0]: f['delay-ms']
                      for f in desk.facts ('spice-auth-failed')}
            assert delays == {'127.0.0.77': 2000, '127.0.0.78': 0}, delays
            assert held.read_result () == DENIED


# ---- limits

def is_open (link):
    """Has the server not hung up yet? It says nothing to who says nothing."""
    link.socket.setblocking (False)
    try:
        return link.socket.recv (1) != b''
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False
    finally:
        link.socket.settimeout (LONG)


def pending (desk):
    return desk.stats ()['pending-links']


def test_who_floods_makes_place_for_itself ():
    with Desk (max_pending_links=4, link_timeout=600) as desk, \
            contextlib.ExitStack () as stack:
        quiet = stack.enter_context (RawLink (desk.port, timeout=LONG,
                                              source='127.0.0.78'))
        poll (lambda: pending (desk) == 1, LONG, 'the first')
        flood = []
        for n in range (10):
            flood.append (stack.enter_context (RawLink (
                desk.port, timeout=LONG, source='127.0.0.77')))
            poll (lambda: pending (desk) == min (n + 2, 4)
                  and refusals (desk).get ('limit', 0) == max (0, n - 2), LONG,
                  lambda: f'{n}: {pending (desk)}, {refusals (desk)}')
        assert [is_open (link) for link in flood] == [False] * 7 + [True] * 3
        # the oldest of all, and it comes in
        quiet.send_link ()
        quiet.send_ticket (quiet.read_reply ().key, '')
        assert quiet.read_result () == 0
        fact = desk.wait_fact ('spice-client-rejected', 7, LONG)
        assert fact['refusal'] == 'limit' and fact['untold'] == 0, fact
        assert fact['address'].startswith ('127.0.0.77:'), fact


def test_an_address_has_so_many_connections ():
    with Desk (max_links_per_address=2) as desk, \
            contextlib.ExitStack () as stack:
        # one is in, one is knocking
        viewer = stack.enter_context (RawSession (desk.port,
                                                  source='127.0.0.77'))
        knocking = stack.enter_context (RawLink (
            desk.port, timeout=LONG, source='127.0.0.77'))
        poll (lambda: pending (desk) == 1, LONG, 'the second')
        with RawLink (desk.port, timeout=LONG, source='127.0.0.77') as third:
            assert third.read_to_end () == b''
        assert gets_in (desk.port, None)    # 127.0.0.1, another one
        poll (lambda: refusals (desk) == {'limit': 1}, LONG,
              lambda: refusals (desk))
        knocking.close ()
        poll (lambda: pending (desk) == 0, LONG, 'a place')
        with RawLink (desk.port, timeout=LONG, source='127.0.0.77') as link:
            link.send_link ()
            link.send_ticket (link.read_reply ().key, '')
            assert link.read_result () == 0


def test_one_address_connects_at_its_pace ():
    with Desk (max_connects_per_second=1, link_timeout=600) as desk, \
            contextlib.ExitStack () as stack:
        flood = [stack.enter_context (RawLink (desk.port, timeout=LONG,
                                               source='127.0.0.77'))
                 for _ in range (60)]
        poll (lambda: pending (desk)
              + refusals (desk).get ('too-fast', 0) == 60, LONG,
              lambda: f'{pending (desk)}, {refusals (desk)}')
        n_open = sum (is_open (link) for link in flood)
        # five at once, and one for each second that all this took
        assert 5 <= n_open < 60, n_open
        assert refusals (desk) == {'too-fast': 60 - n_open}
        assert [is_open (link) for link in flood[:5]] == [True] * 5
        fact = desk.wait_fact ('spice-client-rejected', timeout=LONG)
        assert fact['refusal'] == 'too-fast', fact
        assert fact['address'].startswith ('127.0.0.77:'), fact
        assert len (desk.facts ('spice-client-rejected')) == 1
        # others come in, and so do those of the flood who shake hands
        for link in (stack.enter_context (RawLink (
                desk.port, timeout=LONG, source='127.0.0.78')), flood[0]):
            link.send_link ()
            link.send_ticket (link.read_reply ().key, '')
            assert link.read_result () == 0


# ---- a certificate that is no file

def test_a_certificate_object_is_enough ():
    with Certificates () as files:
        pem = b''.join (open (getattr (files, name), 'rb').read ()
                        for name in ('cert', 'key')).decode ()
        gi.require_version ('Gio', '2.0')
        from gi.repository import Gio
        certificate = Gio.TlsCertificate.new_from_pem (pem, -1)
        with Desk (port=-1, tls_port=0, tls_certificate=certificate) as desk:
            desk.show (painting (1))
            with Viewer (tls_port=desk['s'].get_property ('current-tls-port'),
                         host='localhost', ca_file=files.ca,
                         timeout=LONG) as viewer:
                viewer.wait_canvas (painting (1))
                assert {c['encryption'] for c in
                        desk.stats ()['clients'][0]['connections']} == {'tls'}
        without = Gio.TlsCertificate.new_from_pem (
            open (files.cert).read (), -1)
        text = Desk (tls_port=0, tls_certificate=without).start_error ()
        assert '"tls-certificate"' in text and 'private key' in text, text
