# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lines that an application has accepted itself and hands over."""

import socket
import threading

from certificates import Certificates
from desk import *
from gi.repository import Gio, GLib
from judge import *

LONG = 60


def flags (*names):
    kinds = gst_spice ().LineFlags
    every = kinds.PLAIN
    for name in names:
        every |= getattr (kinds, name)
    return every


def introspected_desk (**settings):
    """A Desk whose server has the calls of the library."""
    gst_spice ()
    return Desk (**settings)


class Reception:
    """Listens where the server knows nothing of, and hands over who comes."""

    def __init__ (self, server, *names):
        self.server = server
        self.flags = flags (*names)
        self.errors = []
        self.listener = Gio.SocketListener ()
        self.port = self.listener.add_any_inet_port (None)
        self.end = Gio.Cancellable ()
        self.thread = threading.Thread (target=self._work, daemon=True)

    def _work (self):
        while not self.end.is_cancelled ():
            try:
                line, _ = self.listener.accept_socket (self.end)
                self.server.add_client (line, self.flags)
                line.close ()     # the server has its own
            except GLib.Error as error:
                if not self.end.is_cancelled ():
                    self.errors.append (error)

    def __enter__ (self):
        self.thread.start ()
        return self

    def __exit__ (self, *_):
        self.end.cancel ()
        self.thread.join (LONG)
        self.listener.close ()
        assert not self.errors, self.errors


def gets_in (port, password):
    try:
        with Viewer (port, password=password, only=[], timeout=LONG):
            return True
    except ConnectFailed as error:
        assert error.events[0].name == 'error-auth', error
        return False


def test_a_line_is_served_as_one_of_ours ():
    with introspected_desk (password='tulip') as desk, \
            Reception (desk.server) as reception:
        desk.show (painting (1))
        assert not gets_in (reception.port, 'rose')
        with Viewer (reception.port, password='tulip', timeout=LONG) as viewer:
            viewer.wait_canvas (painting (1))
            client, = desk.stats ()['clients']
            assert client['mechanism'] == 'ticket', client


def test_a_trusted_line_needs_no_password ():
    with introspected_desk (password='tulip') as desk, \
            Reception (desk.server, 'TRUSTED') as reception:
        desk.show (painting (2))
        with Viewer (reception.port, timeout=LONG) as viewer:
            viewer.wait_canvas (painting (2))
            client, = desk.stats ()['clients']
            assert client['mechanism'] == 'none', client
        assert not gets_in (desk.port, 'rose')   # at the server's own port


def test_a_line_begins_with_tls ():
    with Certificates () as files, \
            introspected_desk (tls_cert_file=files.cert,
                               tls_key_file=files.key,
                               password='tulip') as desk, \
            Reception (desk.server, 'TLS', 'TRUSTED') as reception:
        desk.show (painting (3))
        assert desk.server.get_property ('current-tls-port') == -1
        with Viewer (tls_port=reception.port, ca_file=files.ca,
                     timeout=LONG) as viewer:
            viewer.wait_canvas (painting (3))
            client, = desk.stats ()['clients']
            assert all (c['encryption'] != 'none'
                        for c in client['connections']), client
        assert desk.server.reload_certificates ()


def refusal (server, line, *names):
    """None: it was taken."""
    try:
        server.add_client (line, flags (*names))
    except GLib.Error as error:
        return error.message
    return None


def test_what_is_no_line_is_refused ():
    with introspected_desk () as desk:
        for kind in (Gio.SocketType.STREAM, Gio.SocketType.DATAGRAM):
            loose = Gio.Socket.new (Gio.SocketFamily.IPV4, kind,
                                    Gio.SocketProtocol.DEFAULT)
            assert 'not a connected stream' in refusal (desk.server, loose)
        near, far = (Gio.Socket.new_from_fd (end.detach ())
                     for end in socket.socketpair ())
        assert 'no certificate' in refusal (desk.server, near, 'TLS')
        assert refusal (desk.server, near) is None
        server = desk.server
    assert 'does not run' in refusal (server, far)
