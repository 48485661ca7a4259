# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program as others write it, through the installed introspection."""
import gi

gi.require_version ('Gst', '1.0')
gi.require_version ('GstSpice', '1.0')
from gi.repository import GLib, Gst, GstSpice

Gst.init (None)


def check_life ():
    server = GstSpice.Server.new (None)
    ports = []
    server.connect ('notify::current-port',
                    lambda server, spec: ports.append (
                        server.get_current_port ()))
    server.props.port = 0
    assert server.get_current_port () == -1
    assert server.start () and server.is_running ()
    port = server.get_property ('current-port')
    assert 0 < port < 65536 and ports == [port], ports
    stats = server.get_stats ()
    assert stats.get_name () == 'application/x-spice-statistics'
    assert stats.n_fields () > 0, stats.to_string ()
    server.stop ()
    assert not server.is_running () and ports == [port, -1], ports


def check_errors ():
    server = GstSpice.Server.new (None)
    server.props.address = '256.0.0.1:bad'
    try:
        server.start ()
        raise AssertionError ('a bad address was taken')
    except GLib.Error as error:
        assert error.matches (Gst.ResourceError.quark (),
                              Gst.ResourceError.SETTINGS), error
        assert '256.0.0.1:bad' in error.message, error


def check_calls ():
    server = GstSpice.Server.get_shared (None)
    assert server == GstSpice.Server.get_shared (
        GstSpice.SERVER_DEFAULT_NAME)
    server.connect ('client-connecting', lambda server, address: True)
    server.props.port = 0
    server.set_password ('secret', 60)
    server.start ()
    assert server.get_clients () == [] and server.get_num_clients () == 0
    assert not server.disconnect_client (1)
    assert not server.emit ('set-client-role', 1, True)
    assert server.emit ('get-clients').has_field ('clients')
    context = server.make_context ()
    assert context.get_context_type () == GstSpice.SERVER_CONTEXT_TYPE
    assert context.get_structure ().get_value ('server') == server
    server.stop ()


def check_no_private_names ():
    assert set (n for n in dir (GstSpice) if not n.startswith ('_')) == {
        'Server', 'ServerClass', 'SERVER_CONTEXT_TYPE',
        'SERVER_DEFAULT_NAME'}, dir (GstSpice)


for check in (check_life, check_errors, check_calls, check_no_private_names):
    check ()
    print (check.__name__)
