# SPDX-License-Identifier: LGPL-2.1-or-later
"""Programs that use the elements and the server object, and their mistakes."""

import os
import socket
import subprocess
import threading

from desk import *
from judge import *

DEFAULT_PORT = 5900
UUID = '123e4567-e89b-12d3-a456-426614174000'
RANK = {'GST_PLUGIN_FEATURE_RANK': 'spicedisplaysink:MAX'}
WRONG = {
    'address': 'no such/host',
    'uuid': '1234',
    'session_name': 'n' * 257,
    'unix_path': '/tmp/' + 'p' * 103,
    'password': 'x' * 61,
}


class Events:
    """What a server's signals said, in order: (name, arguments)."""

    NAMES = ('client-connecting', 'client-added', 'client-removed',
             'client-rejected')

    def __init__ (self, server):
        self.seen, self.threads = [], set ()
        self.welcome = True
        for name in self.NAMES:
            server.connect (name, self._on_signal, name)

    def _on_signal (self, server, *arguments):
        self.threads.add (threading.current_thread ())
        self.seen.append ((arguments[-1], arguments[:-1]))
        GLib.MainContext.default ().wakeup ()
        return self.welcome if arguments[-1] == 'client-connecting' else None

    def of (self, name):
        return [arguments for seen, arguments in self.seen if seen == name]

    def wait (self, name, count=1):
        wait (lambda: len (self.of (name)) >= count, what=f'signal {name}')
        return self.of (name)[-1]


def new_server (context=None, **settings):
    server = gst_spice ().Server.new (context)
    for name, value in {'port': 0, **settings}.items ():
        server.set_property (name.replace ('_', '-'), value)
    return server


def is_refused (port):
    try:
        with Viewer (port, only=[]):
            return False
    except ConnectFailed:
        return True


# ---- players

def make_film (path, frames):
    """A film without losses; returns its pictures."""
    line = (f'videotestsrc num-buffers={frames} pattern=ball !'
            ' video/x-raw,format=I420,width=160,height=120,framerate=30/1')
    subprocess.run (['gst-launch-1.0', '-q', *line.split (), '!', 'matroskamux',
                     '!', 'filesink', f'location={path}'], check=True)
    subprocess.run (['gst-launch-1.0', '-q', *line.split (), '!', 'videoconvert',
                     '!', 'video/x-raw,format=BGRx', '!', 'filesink',
                     'location=film.raw'], check=True)
    raw = numpy.fromfile ('film.raw', numpy.uint8).reshape (-1, 120, 160, 4)
    return raw[:, :, :, :3].copy ()


def test_a_player_shows_its_film_by_rank ():
    os.environ.update (RANK)
    gstreamer ()
    pictures = make_film ('film.mkv', 60)
    player = Gst.ElementFactory.make ('playbin')
    player.set_property ('uri', f'file://{os.path.abspath ("film.mkv")}')
    sinks = []

    def on_element (player, bin, element):
        if element.get_factory ().get_name () == 'spicedisplaysink':
            element.set_property ('port', 0)
            sinks.append (element)
    player.connect ('deep-element-added', on_element)
    player.set_state (Gst.State.PLAYING)
    poll (lambda: sinks and sinks[0].get_property ('current-port') > 0,
          what='the port')
    with Viewer (sinks[0].get_property ('current-port')) as viewer:
        viewer.wait_canvas (pictures[-1])
    player.set_state (Gst.State.NULL)


def wait_for_default_port (is_open):
    def look ():
        with socket.socket () as probe:
            return (probe.connect_ex (('127.0.0.1', DEFAULT_PORT)) == 0) == is_open
    poll (look, 30.0, f'port {DEFAULT_PORT} to be {"open" if is_open else "free"}')


def test_gst_play_shows_its_film ():
    pictures = make_film ('film.mkv', 300)
    wait_for_default_port (False)
    with Server (['gst-play-1.0', '--no-interactive', 'film.mkv'], r'film\.mkv',
                 env={'GST_PLUGIN_PATH': build_path ('gst'),
                      'GST_REGISTRY': build_path ('judge-registry.bin'),
                      **RANK}):
        wait_for_default_port (True)
        with Viewer (DEFAULT_PORT) as viewer:
            viewer.wait_canvas (lambda seen: seen.shape == (120, 160, 3) and
                                (pictures == seen).all (axis=(1, 2, 3)).any ())


# ---- the server object

def test_an_application_hears_of_its_viewers ():
    server = new_server ()
    events = Events (server)
    with Desk (server=server) as desk:
        desk.show (painting (1))
        with Viewer (desk.port) as viewer:
            viewer.wait_canvas (painting (1))
            client, address = events.wait ('client-added')
            assert events.of ('client-connecting') == [(client, address)]
            assert address.startswith ('127.0.0.1:'), address
            assert server.get_num_clients () == 1
            assert [as_dict (c) for c in server.get_clients ()] == [
                {'connection-id': client, 'address': address,
                 'user': '', 'mechanism': 'none', 'view-only': False,
                 'in-control': True}]
        gone = events.wait ('client-removed')
        assert gone[:2] == (client, address) and gone[2], gone
        assert server.get_num_clients () == 0 and not server.get_clients ()
        assert threading.main_thread () not in events.threads


def test_an_application_turns_viewers_away ():
    server = new_server ()
    events = Events (server)
    events.welcome = False
    with Desk (server=server) as desk:
        assert is_refused (desk.port)
        address, reason = events.wait ('client-rejected')
        assert [where for _, where in events.of ('client-connecting')] == [
            address]
        assert 'declined' in reason, reason
        assert not events.of ('client-added')
        events.welcome = True
        assert not is_refused (desk.port)


def test_an_application_disconnects_a_viewer ():
    server = new_server ()
    events = Events (server)
    with Desk (server=server) as desk:
        with Viewer (desk.port) as viewer, Viewer (desk.port) as other:
            poll (lambda: len (events.of ('client-added')) == 2)
            first = events.of ('client-added')[0][0]
            assert server.disconnect_client (first)
            viewer.wait_event ('closed')
            assert events.wait ('client-removed')[0] == first
            assert not server.disconnect_client (first)
            desk.show (painting (1))
            other.wait_canvas (painting (1))
        assert not is_refused (desk.port)


def test_statistics_tell_what_goes_on ():
    with Desk ('appsrc name=head ! spicesink name=s') as desk:
        desk.show (painting (1))
        with Viewer (desk.port) as viewer:
            viewer.wait_canvas (painting (1))
            stats = desk.stats ()
            assert stats['port'] == desk.port
            client = stats['clients'][0]
            assert client['bytes-sent'] > 10000 and client['channels'] >= 2
            assert client['messages-received'] > 0
            names = {channel['name'] for channel in stats['channels']}
            assert {'main 0', 'display 0', 'inputs 0'} <= names, names
            display = desk.stats ('display 0')
            assert display['connections'] == 1 and display['draws'] > 0
            assert desk['s'].get_property ('num-clients') == 1
            assert as_dict (desk['s'].get_property ('stats'))['port'] == desk.port


def test_a_server_runs_in_the_applications_context ():
    server = new_server (GLib.MainContext.default ())
    events = Events (server)
    with Desk (server=server) as desk:
        desk.show (painting (1))
        with Viewer (desk.port) as viewer:
            viewer.wait_canvas (painting (1))
            desk.show (painting (2))
            viewer.wait_canvas (painting (2))
        events.wait ('client-removed')
        assert events.threads == {threading.main_thread ()}, events.threads


def test_a_server_runs_without_elements_and_again ():
    server = new_server ()
    for _ in range (3):
        assert server.start () and server.is_running ()
        port = server.get_current_port ()
        with RawSession (port) as session:
            assert (2, 0) not in session.channels ()
        with Desk (server=server) as desk:
            assert desk.port == port
            desk.show (painting (1))
            with Viewer (port) as viewer:
                viewer.wait_canvas (painting (1))
        assert server.get_current_port () == port
        server.stop ()
        assert not server.is_running () and server.get_current_port () == -1


def test_messages_come_without_elements ():
    server = new_server ()
    seen, ends = [], []
    server.connect ('message', lambda _, message: seen.append (message.copy ()))
    server.connect ('message::spice-migrate-connect-complete',
                    lambda _, message: ends.append (message.copy ()))

    def wait_message (name):
        poll (lambda: name in [one.get_name () for one in seen], 30, name)
    assert server.start ()
    with socket.create_server (('127.0.0.1', 0)) as other:
        free_port = other.getsockname ()[1]
    with Viewer (server.get_current_port (), audio=False) as viewer:
        for name in ('client-added', 'display-config', 'volume'):
            wait_message (f'spice-{name}')
        assert server.emit ('migrate-connect', '127.0.0.1', free_port, 0, None)
        poll (lambda: ends, 30, 'the end of connecting')
        assert as_dict (ends[0])['results'][0]['way'] == 'switch-host'
        assert server.emit ('migrate-end', False)
        wait_message ('spice-migrate-end-complete')
    wait_message ('spice-client-removed')
    server.stop ()


def test_a_start_that_fails_says_why ():
    with socket.create_server (('127.0.0.1', 0)) as other:
        port = other.getsockname ()[1]
        server = new_server (port=port)
        try:
            server.start ()
            assert False, 'started on a port in use'
        except GLib.Error as error:
            assert error.domain == 'gst-resource-error-quark', error.domain
            assert str (port) in error.message, error.message
        assert not server.is_running ()


def test_elements_find_the_server_in_the_context ():
    server = new_server ()
    desk = Desk (server_name='unused')
    desk.pipeline.set_context (server.make_context ())
    with desk:
        assert server.get_current_port () == desk.port > 0
        desk.show (painting (1))
        with Viewer (server.get_current_port ()) as viewer:
            viewer.wait_canvas (painting (1))
            assert server.get_num_clients () == 1


def test_elements_find_the_server_by_its_name ():
    server = gst_spice ().Server.get_shared ('studio')
    server.set_property ('port', 0)
    events = Events (server)
    with Desk (server_name='studio') as desk:
        assert server.get_current_port () == desk.port
        with Viewer (desk.port):
            events.wait ('client-added')


def test_an_application_sets_name_password_and_lights ():
    server = new_server (session_name='Desk one', uuid=UUID)
    with Desk (server=server) as desk:
        server.set_password ('tulip', 0)
        server.set_password ('x' * 61, 0)   # refused: the other one stays
        with Viewer (desk.port, password='tulip') as viewer:
            viewer.wait (lambda: viewer.name == 'Desk one', what='the name')
            viewer.wait (lambda: str (viewer.uuid) == UUID, what='the uuid')
            inputs = viewer.inputs
            server.set_keyboard_leds (4)
            viewer.wait (lambda: inputs.modifiers == 4, what='caps light')
            server.set_keyboard_leds (3)
            viewer.wait (lambda: inputs.modifiers == 3, what='other lights')
        assert is_refused (desk.port)


# ---- spicesink

def test_a_child_proxy_reaches_server_and_inner_sinks ():
    with Desk ('appsrc name=head ! spicesink name=s server::session-name=desk'
               ) as desk:
        sink = desk['s']
        assert sink.get_children_count () == 2
        server, inner = (sink.get_child_by_name (name)
                         for name in ('server', 'video_0'))
        assert server.get_property ('current-port') == desk.port
        assert server.get_property ('session-name') == 'desk'
        assert inner.get_property ('display-id') == 0
        found, target, spec = sink.lookup ('video_0::max-lateness')
        assert found and target == inner and spec.name == 'max-lateness'
        assert not sink.lookup ('video_1::max-lateness')[0]
        assert sink.get_child_by_name ('audio') is None
    with pipeline ('videotestsrc is-live=true ! spicesink server::port=0'
                   ' video_0::ts-offset=1') as server:
        with Viewer (server.port) as viewer:
            viewer.wait_canvas (lambda picture: picture.any ())


def add_head (desk, number):
    source = Gst.ElementFactory.make ('appsrc', f'head{number}')
    desk.pipeline.add (source)
    pad = desk['s'].request_pad_simple (f'video_{number}')
    assert source.get_static_pad ('src').link (pad) == Gst.PadLinkReturn.OK
    source.sync_state_with_parent ()
    return source, pad


def remove_head (desk, source, pad):
    source.set_state (Gst.State.NULL)
    desk.pipeline.remove (source)
    desk['s'].release_request_pad (pad)


def test_heads_come_and_go_while_playing ():
    with Desk ('appsrc name=head ! spicesink name=s') as desk:
        desk.show (painting (0))
        with Viewer (desk.port) as viewer:
            viewer.wait_canvas (painting (0))
            for number in (1, 2, 3):
                parts = add_head (desk, 1)
                desk.show (painting (number), head='head1')
                viewer.wait_canvas (painting (number), 1)
                with Viewer (desk.port) as late:
                    late.wait_canvas (painting (number), 1)
                remove_head (desk, *parts)
                viewer.wait (lambda: not viewer.is_open (DISPLAY, 1),
                             what='the head to go')
                desk.show (painting (10 + number))
                viewer.wait_canvas (painting (10 + number))
                assert viewer.is_open (MAIN)
                with Viewer (desk.port) as late:
                    late.wait_canvas (painting (10 + number))
                    assert (DISPLAY, 1) not in late.channels ()


def test_the_end_of_the_stream_keeps_the_picture ():
    for sink in ('spicedisplaysink', 'spicesink'):
        with Desk (f'appsrc name=head ! {sink} name=s') as desk:
            desk.show (painting (1))
            desk.show (painting (2))
            with Viewer (desk.port) as viewer:
                desk['head'].emit ('end-of-stream')
                wait (lambda: desk.of_type (Gst.MessageType.EOS), what='EOS')
                viewer.wait_canvas (painting (2))
                with Viewer (desk.port) as late:
                    late.wait_canvas (painting (2))
                desk.pipeline.set_state (Gst.State.NULL)
                viewer.wait (lambda: not viewer.is_open (MAIN), what='the end')


def test_eos_policies ():
    line = ('appsrc name=head ! s.video_0 appsrc name=other ! s.video_1'
            ' spicesink name=s eos-policy=')
    for policy, ends in (('all', 2), ('video', 2), ('never', 0)):
        with Desk (line + policy) as desk:
            for number, head in enumerate (('head', 'other')):
                desk.show (painting (1), head=head)
                assert not desk.of_type (Gst.MessageType.EOS)
                desk[head].emit ('end-of-stream')
            with Viewer (desk.port) as viewer:
                viewer.wait_canvas (painting (1), 0)
                viewer.wait_canvas (painting (1), 1)
                if ends:
                    wait (lambda: desk.of_type (Gst.MessageType.EOS))
                assert bool (desk.of_type (Gst.MessageType.EOS)) == bool (ends)


# ---- mistakes

def test_wrong_values_are_named ():
    for name, value in WRONG.items ():
        text = Desk (**{name: value}).start_error ()
        assert f'"{name.replace ("_", "-")}"' in text, text
        shown = '61 bytes' if name == 'password' else value[:100]
        assert shown in text, text
    text = Desk (port=-1).start_error ()
    assert 'port' in text and 'unix-path' in text, text


def test_elements_that_disagree_are_both_named ():
    desk = Desk ('appsrc ! spicedisplaysink name=s session-name=one'
                 ' appsrc ! spicedisplaysink name=other session-name=two')
    text = desk.start_error ()
    for word in ('"session-name"', '"one" (s)', '"two" (other)'):
        assert word in text, text


def test_a_display_id_is_given_once ():
    desk = Desk ('appsrc ! spicedisplaysink name=s display-id=2'
                 ' appsrc ! spicedisplaysink name=other display-id=2')
    text = desk.start_error ()
    assert 'display-id' in text and '2' in text, text
    with Desk ('appsrc name=head ! spicedisplaysink name=s display-id=2') as desk:
        desk.show (painting (1))
        with Viewer (desk.port) as viewer:
            viewer.wait_canvas (painting (1), 2)


def test_an_address_of_nobody_is_named ():
    text = Desk (address='192.0.2.7', password='tulip').start_error ()
    assert 'address "192.0.2.7"' in text, text
