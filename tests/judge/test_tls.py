# SPDX-License-Identifier: LGPL-2.1-or-later
"""Encrypted connections: what a viewer needs for them, and what is refused."""

import contextlib
import socket
import ssl
import subprocess
import tempfile

from certificates import *
from desk import *
from gi.repository import Gio, GObject, Gst
from judge import *

PATIENCE_S = 60
NEED_SECURED, NEED_UNSECURED = 5, 6     # SPICE_LINK_ERR_…


@contextlib.contextmanager
def tls_desk (**settings):
    """A desk with a plain and a TLS port, and its files."""
    with Certificates () as files:
        wanted = dict (tls_port=0, tls_cert_file=files.cert,
                       tls_key_file=files.key)
        wanted.update ((name, getattr (files, value) if value in vars (files)
                        else value) if isinstance (value, str)
                       else (name, value) for name, value in settings.items ())
        with Desk (**wanted) as desk:
            desk.tls_port = desk['s'].get_property ('current-tls-port')
            assert desk.tls_port > 0
            yield desk, files


def refusal (**settings):
    return Desk (**settings).start_error ()


def link_code (port, channel, connection_id=0, context=None):
    """What a link of a channel is answered."""
    with RawLink (port, timeout=PATIENCE_S) as link:
        if context:
            link.socket = context.wrap_socket (link.socket,
                                               server_hostname='localhost')
        link.send_link (channel, connection_id=connection_id)
        return link.read_reply ().error


def scan (port, *options, said=b'\n'):
    """What openssl says of the TLS port; whether it got through."""
    done = subprocess.run (
        ['openssl', 's_client', '-connect', f'127.0.0.1:{port}', *options],
        input=said, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=PATIENCE_S, check=False)
    text = done.stdout.decode (errors='replace')
    return 'Cipher is (NONE)' not in text and done.returncode == 0, text


# ---- viewers

def test_a_viewer_that_trusts_us_sees_everything ():
    with tls_desk () as (desk, files):
        assert desk.wait_fact ('spice-listening')['tls-port'] == desk.tls_port
        with Viewer (tls_port=desk.tls_port, ca_file=files.ca,
                     host='localhost') as viewer:
            for number in range (3):
                desk.show (painting (number, 640, 480))
                viewer.wait_canvas (painting (number, 640, 480))
        desk.show (painting (3))
        with Viewer (desk.port) as viewer:
            viewer.wait_canvas (painting (3))


def test_a_password_is_asked_over_tls_too ():
    with tls_desk (password='tulip') as (desk, files):
        where = dict (tls_port=desk.tls_port, ca_file=files.ca,
                      host='localhost', only=[])
        with Viewer (password='tulip', **where):
            pass
        try:
            with Viewer (password='daisy', **where):
                raise AssertionError ('a wrong password got in')
        except ConnectFailed as error:
            assert error.events[0].name == 'error-auth', error


def check_distrusted (desk, ca_file):
    try:
        with Viewer (tls_port=desk.tls_port, ca_file=ca_file,
                     host='localhost', only=[]):
            raise AssertionError ('the viewer trusts it')
    except ConnectFailed as error:
        assert error.events[0].name == 'error-tls', error


def test_a_viewer_that_trusts_another_authority_stays_away ():
    with tls_desk () as (desk, files):
        check_distrusted (desk, files.other_ca)
        with Viewer (tls_port=desk.tls_port, ca_file=files.ca,
                     host='localhost', only=[]):
            pass


def test_a_viewer_does_not_take_an_expired_certificate ():
    with tls_desk (tls_cert_file='expired', tls_key_file='expired') as (desk,
                                                                       files):
        check_distrusted (desk, files.ca)


# ---- the wrong port

def test_plain_spice_on_the_tls_port_is_named ():
    with tls_desk () as (desk, _):
        try:
            with Viewer (desk.tls_port, only=[]):
                raise AssertionError ('a plain viewer got in')
        except ConnectFailed:
            pass
        reason = desk.wait_fact ('spice-client-rejected')['reason']
        assert 'SPICE without TLS' in reason, reason


def test_tls_on_the_plain_port_is_named ():
    with tls_desk () as (desk, files):
        try:
            with Viewer (tls_port=desk.port, ca_file=files.ca,
                         host='localhost', only=[]):
                raise AssertionError ('a TLS viewer got in')
        except ConnectFailed:
            pass
        reason = desk.wait_fact ('spice-client-rejected')['reason']
        assert 'speaks TLS' in reason, reason


# ---- channels

def test_a_channel_may_require_tls ():
    with tls_desk (channel_security='main=required;inputs=required') as (
            desk, files):
        assert link_code (desk.port, MAIN) == NEED_SECURED
        assert link_code (desk.port, INPUTS, 1) == NEED_SECURED
        desk.show (painting (1))
        # the client takes the plain port first, and is sent to the other
        with Viewer (desk.port, tls_port=desk.tls_port, ca_file=files.ca,
                     host='localhost') as viewer:
            viewer.wait_canvas (painting (1))
            viewer.part (INPUTS)


def test_all_channels_may_require_tls ():
    with tls_desk (channel_security='required') as (desk, files):
        desk.show (painting (1))
        with Viewer (desk.port, tls_port=desk.tls_port, ca_file=files.ca,
                     host='localhost') as viewer:
            viewer.wait_canvas (painting (1))
        try:
            with Viewer (desk.port, only=[]):
                raise AssertionError ('a plain viewer got in')
        except ConnectFailed:
            pass


def test_a_channel_may_be_kept_off_tls ():
    with tls_desk (channel_security='main=none') as (desk, files):
        context = ssl.create_default_context (cafile=files.ca)
        assert link_code (desk.tls_port, MAIN, context=context) == \
            NEED_UNSECURED
        with Viewer (desk.port, only=[]):
            pass


# ---- certificates

def test_a_renewed_certificate_needs_no_restart ():
    def shown (desk):
        return ssl.get_server_certificate (('127.0.0.1', desk.tls_port))

    with tls_desk () as (desk, files):
        assert shown (desk) == files.server.certificate_pem ().decode ()
        with Viewer (tls_port=desk.tls_port, ca_file=files.ca,
                     host='localhost') as viewer:
            files.renew ()
            assert desk.server.emit ('reload-certificates')
            assert shown (desk) == files.server.certificate_pem ().decode ()
            desk.show (painting (1))
            viewer.wait_canvas (painting (1))  # who is in stays in
        files.write ('key', b'no key at all')
        assert not desk.server.emit ('reload-certificates')
        assert shown (desk) == files.server.certificate_pem ().decode ()


def as_object (identity, with_key=True):
    pem = identity.certificate_pem () + (identity.key_pem () if with_key
                                         else b'')
    return Gio.TlsCertificate.new_from_pem (pem.decode (), -1)


def test_a_new_certificate_object_needs_no_restart ():
    def shown ():
        return ssl.get_server_certificate (('127.0.0.1', port))

    def changes (whose, certificate):
        whose.set_property ('tls-certificate', certificate)
        return shown ()

    with Certificates () as files, Desk (
            tls_port=0, tls_certificate=as_object (files.server)) as desk:
        port = desk['s'].get_property ('current-tls-port')
        first, second, third = files.server, *(
            Identity ('localhost', files.authority) for _ in range (2))
        texts = [i.certificate_pem ().decode () for i in (first, second, third)]
        assert shown () == texts[0]
        with Viewer (tls_port=port, ca_file=files.ca,
                     host='localhost') as viewer:
            assert changes (desk['s'], as_object (second)) == texts[1]
            desk.show (painting (1))
            viewer.wait_canvas (painting (1))  # who is in stays in
        # one of no use
        assert changes (desk['s'], as_object (third, False)) == texts[1]
        warning = desk.bus.timed_pop_filtered (PATIENCE_S * Gst.SECOND,
                                               Gst.MessageType.WARNING)
        assert 'private key' in str (warning.parse_warning ())
        assert desk.server.emit ('reload-certificates')
        assert shown () == texts[1]
        assert changes (desk.server, as_object (third)) == texts[2]
        with Viewer (tls_port=port, ca_file=files.ca, host='localhost',
                     only=[]):
            pass


def test_a_locked_key_opens_with_its_password ():
    with tls_desk (tls_key_file='locked_key',
                   tls_key_password=KEY_PASSWORD) as (desk, files):
        with Viewer (tls_port=desk.tls_port, ca_file=files.ca,
                     host='localhost', only=[]):
            pass
        spec = desk['s'].find_property ('tls-key-password')
        assert not spec.flags & GObject.ParamFlags.READABLE
    with tempfile.NamedTemporaryFile ('w') as file:
        file.write (KEY_PASSWORD + '\n')
        file.flush ()
        with tls_desk (tls_key_file='locked_key',
                       tls_key_password_file=file.name) as (desk, files):
            with Viewer (tls_port=desk.tls_port, ca_file=files.ca,
                         host='localhost', only=[]):
                pass


def test_viewers_may_have_to_show_a_certificate ():
    with tls_desk (tls_ca_file='ca', tls_client_certificates='required') as (
            desk, files):
        assert not scan (desk.tls_port, '-tls1_2')[0]
        assert scan (desk.tls_port, '-tls1_2', '-cert', files.client, '-key',
                     files.client)[0]


def test_start_errors_name_the_file ():
    with Certificates () as files:
        text = refusal (tls_port=0)
        assert 'tls-cert-file' in text, text
        text = refusal (tls_port=0, tls_cert_file='/nowhere/cert.pem')
        assert '/nowhere/cert.pem' in text and 'No such file' in text, text
        text = refusal (tls_port=0, tls_cert_file=files.cert,
                        tls_key_file=files.client)
        assert files.client in text and 'does not belong' in text, text
        text = refusal (tls_port=0, tls_cert_file=files.cert,
                        tls_key_file=files.locked_key)
        assert files.locked_key in text and 'tls-key-password' in text, text
        text = refusal (tls_port=0, tls_cert_file=files.cert)
        assert files.cert in text and 'set tls-key-file' in text, text
        text = refusal (channel_security='main=perhaps')
        assert '"perhaps"' in text, text


def test_a_server_that_nobody_could_reach_does_not_start ():
    text = refusal (channel_security='required')
    assert '"main"' in text and 'no tls-port' in text, text
    with Certificates () as files:
        text = refusal (port=-1, tls_port=0, tls_cert_file=files.cert,
                        tls_key_file=files.key, channel_security='none')
        assert '"main"' in text and 'neither port' in text, text


# ---- a scan

def test_only_modern_versions_are_spoken ():
    with tls_desk () as (desk, _):
        for version in ('-tls1', '-tls1_1'):
            good, text = scan (desk.tls_port, version, '-cipher',
                               'ALL:@SECLEVEL=0')
            assert not good, text
        for version in ('-tls1_2', '-tls1_3'):
            good, text = scan (desk.tls_port, version)
            assert good, text
            assert 'Compression: NONE' in text, text


def test_a_least_version_counts ():
    with tls_desk (tls_min_version='tls-1-3') as (desk, _):
        assert not scan (desk.tls_port, '-tls1_2')[0]
        assert scan (desk.tls_port, '-tls1_3')[0]


def test_nothing_is_renegotiated ():
    with tls_desk () as (desk, _):
        good, text = scan (desk.tls_port, '-tls1_2', said=b'R\n')
        assert not good or 'no renegotiation' in text, text


def test_half_open_handshakes_harm_nobody ():
    with tls_desk () as (desk, files):
        desk.show (painting (1))
        idle = [socket.create_connection (('127.0.0.1', desk.tls_port))
                for _ in range (300)]
        for one in idle[::2]:
            one.sendall (b'\x16\x03\x01\x02\x00\x01')
        with Viewer (tls_port=desk.tls_port, ca_file=files.ca,
                     host='localhost') as viewer:
            viewer.wait_canvas (painting (1))
        for one in idle:
            one.close ()
