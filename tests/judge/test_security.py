# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who gets in, where, and what those who do not can spoil."""

import os
import socket
import time

from desk import *
from judge import *

LONGEST = 'lange Passwörter aus sechzig Bytes, so viele nimmt ein SPICE'[:59]
DENIED = 7          # SPICE_LINK_ERR_PERMISSION_DENIED
PENDING = 256       # handshakes a server keeps waiting
CROWD = 3000
TWO = ('videotestsrc is-live=true ! spicedisplaysink name=a server-name=a port=0'
       ' videotestsrc is-live=true ! spicedisplaysink name=b server-name=b'
       ' port=0')


def gets_in (port, password=None, **more):
    """Does a viewer get in? If not, it must be for its password."""
    try:
        with Viewer (port, password=password, only=[], **more):
            return True
    except ConnectFailed as error:
        assert error.events[0].name == 'error-auth', error
        return False


def try_ticket (port, password, **where):
    """The result of a link with this password, and after how many seconds."""
    with RawLink (port, timeout=30.0, **where) as link:
        link.send_link ()
        reply = link.read_reply ()
        start = time.monotonic ()
        link.send_ticket (reply.key, password)
        return link.read_result (), time.monotonic () - start


def refusal (**settings):
    """The error text of a sink with such settings."""
    return Desk (**settings).start_error ()


# ---- passwords

def test_only_the_right_password_gets_in ():
    with Desk (password='tulip') as desk:
        assert gets_in (desk.port, 'tulip')
        for wrong in ('', 'Tulip'):
            assert not gets_in (desk.port, wrong), wrong
        assert gets_in (desk.port, 'tulip')
        wait (lambda: len (desk.facts ('spice-auth-failed')) == 2)
        assert [f['failures'] for f in desk.facts ('spice-auth-failed')] == [1, 2]
        assert desk.wait_fact ('spice-client-rejected')['code'] == DENIED


def test_sixty_bytes_of_password_work_and_one_more_is_refused ():
    assert len (LONGEST.encode ()) == 60
    with Desk (password=LONGEST) as desk:
        assert gets_in (desk.port, LONGEST)
        assert not gets_in (desk.port, LONGEST[:-1])
    text = refusal (password=LONGEST + 'x')
    assert '"password"' in text and '61 bytes' in text, text
    assert LONGEST not in text


def test_a_wrong_password_at_run_time_leaves_the_old_one ():
    with Desk (password='tulip') as desk:
        desk['s'].set_property ('password', 'x' * 61)
        wait (lambda: desk.of_type (Gst.MessageType.WARNING), what='a warning')
        warning = desk.of_type (Gst.MessageType.WARNING)[0].parse_warning ()
        assert '"password"' in warning[0].message, warning
        assert not gets_in (desk.port)
        assert gets_in (desk.port, 'tulip')


def test_a_password_expires ():
    start = time.monotonic ()
    with Desk (password='tulip', password_expires=3) as desk:
        assert gets_in (desk.port, 'tulip')
        with Viewer (desk.port, password='tulip', only=[DISPLAY]) as viewer:
            viewer.part (DISPLAY)
            poll (lambda: not gets_in (desk.port, 'tulip'), what='the expiry')
            assert 2.9 < time.monotonic () - start < 9
            desk.show (painting (1))
            viewer.wait_canvas (painting (1))  # who is in stays in
        assert not gets_in (desk.port, '')


def test_a_new_password_counts_at_once ():
    with Desk (password='tulip') as desk:
        with Viewer (desk.port, password='tulip', only=[DISPLAY]) as viewer:
            viewer.part (DISPLAY)
            desk['s'].set_property ('password', 'daisy')
            assert not gets_in (desk.port, 'tulip')
            assert gets_in (desk.port, 'daisy')
            desk.server.emit ('set-ticket', 'rose', 0)
            assert not gets_in (desk.port, 'daisy')
            assert gets_in (desk.port, 'rose')
            desk.show (painting (1))
            viewer.wait_canvas (painting (1))


def test_disabled_ticketing_lets_everybody_in ():
    with Desk (password='tulip', disable_ticketing=True) as desk:
        for password in (None, 'tulip', 'wrong'):
            assert gets_in (desk.port, password)
        desk['s'].set_property ('disable-ticketing', False)
        assert not gets_in (desk.port, 'wrong')
        assert gets_in (desk.port, 'tulip')


def test_wrong_passwords_are_delayed_ever_more ():
    with Desk (password='tulip') as desk:
        answers = [try_ticket (desk.port, 'guess') for _ in range (5)]
        assert [code for code, _ in answers] == [DENIED] * 5
        delays = [seconds for _, seconds in answers]
        assert max (delays[:3]) < 0.9 <= delays[3], delays
        assert 1.9 <= delays[4] < 4, delays
        code, seconds = try_ticket (desk.port, 'tulip')
        assert code == 0 and seconds < 0.9, 'one who knows has to wait'


def test_a_delayed_guess_holds_up_nobody ():
    with Desk (password='tulip') as desk:
        for _ in range (4):
            try_ticket (desk.port, 'guess')
        with RawLink (desk.port) as link:
            link.send_link ()
            link.send_ticket (link.read_reply ().key, 'guess')
            start = time.monotonic ()
            assert gets_in (desk.port, 'tulip')
            assert time.monotonic () - start < 1.5


# ---- addresses

def test_other_machines_need_a_password ():
    for address in ('0.0.0.0', '::', '*'):
        text = refusal (address=address)
        assert f'"{address}"' in text, text
        assert 'password' in text and 'disable-ticketing' in text, text
    for settings in ({'password': 'tulip'}, {'disable_ticketing': True}):
        with Desk (address='*', **settings) as desk:
            assert gets_in (desk.port, 'tulip')
            assert gets_in (desk.port, 'tulip', host='::1')


def test_without_its_password_a_public_server_lets_nobody_in ():
    with Desk (address='0.0.0.0', password='tulip') as desk:
        desk['s'].set_property ('password', '')
        assert not gets_in (desk.port, '')
        assert not gets_in (desk.port, 'tulip')


def test_loopback_is_all_one_gets_unasked ():
    with Desk () as desk:
        assert gets_in (desk.port)
        other = socket.socket (socket.AF_INET6)
        assert other.connect_ex (('::1', desk.port)) != 0
        other.close ()


def test_ipv6 ():
    with Desk (address='::1') as desk:
        desk.show (painting (1))
        with Viewer (desk.port, host='::1') as viewer:
            viewer.wait_canvas (painting (1))
        assert desk.wait_fact ('spice-client-added')['address'].startswith (
            '[::1]:')


def test_a_unix_socket ():
    with Desk (unix_path='socket', port=-1) as desk:
        assert desk.port == -1
        desk.show (painting (1))
        with Viewer (unix_path='socket') as viewer:
            viewer.wait_canvas (painting (1))
    assert not os.path.exists ('socket'), 'the socket stays'
    with Desk (unix_path='socket') as desk:       # and both at once
        assert gets_in (desk.port)
        assert gets_in (None, unix_path='socket')


def test_a_left_over_unix_socket_is_replaced_and_a_used_one_not ():
    left = socket.socket (socket.AF_UNIX)
    left.bind ('socket')
    left.close ()
    with Desk (unix_path='socket', port=-1):
        assert gets_in (None, unix_path='socket')
        text = refusal (unix_path='socket', port=-1, server_name='other')
        assert '"socket"' in text, text
        assert gets_in (None, unix_path='socket')


def test_an_abstract_unix_socket ():
    name = f'gst-spice-judge-{os.getpid ()}'
    with Desk (unix_path=f'@{name}', port=-1, password='tulip'):
        code, _ = try_ticket (None, 'tulip', unix_path=f'\0{name}')
        assert code == 0
        code, _ = try_ticket (None, 'wrong', unix_path=f'\0{name}')
        assert code == DENIED


def test_the_port_is_told ():
    with Desk () as desk:
        assert desk.port > 0
        assert desk.server.get_property ('current-port') == desk.port
        assert desk.wait_fact ('spice-listening')['port'] == desk.port
        desk.pipeline.set_state (Gst.State.NULL)
        assert desk.port == -1


def test_a_port_in_use_is_named ():
    with socket.create_server (('127.0.0.1', 0)) as other:
        port = other.getsockname ()[1]
        text = refusal (port=port)
        assert str (port) in text and '127.0.0.1' in text, text
        assert 'in use' in text, text


# ---- several servers

def test_two_servers_in_one_process ():
    with Desk (server_name='a', password='tulip') as first, \
            Desk (server_name='b') as second:
        assert first.port != second.port
        first.show (painting (1))
        second.show (painting (2))
        with Viewer (first.port, password='tulip') as left, \
                Viewer (second.port) as right:
            left.wait_canvas (painting (1))
            right.wait_canvas (painting (2))


def test_two_servers_in_one_launch_line ():
    with pipeline (TWO) as server:
        poll (lambda: len (set (ports (server))) == 2, what='two ports')
        for port in set (ports (server)):
            with Viewer (port) as viewer:
                viewer.wait_canvas (lambda picture: picture.any ())


def ports (server):
    return [int (match.group (1)) for match in
            server.find_all (r'current-port = ([1-9]\d*)')]


# ---- strangers

def test_a_silent_peer_is_closed ():
    with Desk (link_timeout=1) as desk:
        start = time.monotonic ()
        for stage in range (4):
            with RawLink (desk.port, timeout=10.0) as link:
                if stage == 1:
                    link.send (b'REDQ')
                if stage == 2:
                    link.send_link ()
                    link.read_reply ()
                if stage == 3:
                    link.send_link ()
                    link.read_reply ()
                    link.send (b'\1\0\0\0' + bytes (127))
                assert link.is_closed ()
        assert 3.9 < time.monotonic () - start < 8
        rejected = desk.wait_fact ('spice-client-rejected', 4)
        assert '1000 ms' in rejected['reason'], rejected


def test_thousands_of_silent_peers_keep_nobody_out ():
    with Desk () as desk:
        desk.show (painting (0))
        with Viewer (desk.port, only=[DISPLAY]) as viewer:
            viewer.wait_canvas (painting (0))
            crowd = []
            for number in range (CROWD):
                crowd.append (socket.create_connection (
                    ('127.0.0.1', desk.port)))
                if number % 300 == 299:
                    desk.show (painting (number))
                    viewer.wait_canvas (painting (number))
            with Viewer (desk.port, only=[DISPLAY]) as late:
                late.wait_canvas (painting (CROWD - 1))
            assert desk.n_clients <= 2
            assert viewer.errors () == []
            left = sum (is_open (each) for each in crowd)
            assert left <= PENDING, f'{left} strangers are kept'
            for each in crowd:
                each.close ()
            desk.show (painting (1))
            viewer.wait_canvas (painting (1))


def is_open (connection):
    connection.setblocking (False)
    try:
        return connection.recv (1) != b''
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False
