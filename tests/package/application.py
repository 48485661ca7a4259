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
    server.connect ('client-connecting', lambda server, connection_id, address: True)
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


def check_damage ():
    frame = Gst.Buffer.new_allocate (None, 100, None)
    assert GstSpice.buffer_get_spice_damage_meta (frame) is None
    meta = GstSpice.buffer_add_spice_damage_meta (frame, 7)
    meta.add_rect (1, 2, 3, 4)
    found = GstSpice.buffer_get_spice_damage_meta (frame)
    assert found.serial == 7 and found.get_n_rects () == 1
    assert tuple (found.get_rect (0)) == (True, 1, 2, 3, 4)
    assert not found.get_rect (1)[0]


def check_no_private_names ():
    assert set (n for n in dir (GstSpice) if not n.startswith ('_')) == {
        'Agent',
        'AuthRequest', 'AuthRequestClass',
        'ClipboardFlags',
        'Commands', 'CommandsClass',
        'Control',
        'DamageMeta', 'DAMAGE_MAX_RECTS',
        'GlyphFormat',
        'ImageCompression',
        'Input', 'InputKind',
        'INPUT_BYTES', 'INPUT_CAPS', 'INPUT_MAX_TEXT', 'INPUT_TEXT_CAPS',
        'LineFlags',
        'Operator',
        'Rop',
        'Sasl',
        'Selection',
        'Server', 'ServerClass',
        'StreamingVideo',
        'SurfaceFormat',
        'TlsClients',
        'TlsVersion',
        'WanCompression',
        'SERVER_CONTEXT_TYPE',
        'SERVER_DEFAULT_NAME',
        'buffer_add_spice_damage_meta',
        'buffer_get_spice_damage_meta',
        'damage_meta_api_get_type',
        'input_from_text',
    }, dir (GstSpice)


for check in (check_life, check_errors, check_calls, check_damage,
              check_no_private_names):
    check ()
    print (check.__name__)
