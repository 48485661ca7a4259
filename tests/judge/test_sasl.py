# SPDX-License-Identifier: LGPL-2.1-or-later
"""Viewers who say who they are: by each mechanism, on each kind of line."""

import contextlib
import os
import shutil
import ssl
import struct
import subprocess

from certificates import *
from desk import *
from judge import *
from raw import AUTH_SASL, AUTH_SELECTION, MINI_HEADER, MAIN_INIT

USER, PASSWORD = 'gertrude', 'zinnia-7041'
OTHER_USER = 'alice'                    # of some tests, with the same password
PERMISSION_DENIED = 7                   # SPICE_LINK_ERR_…
PATIENCE_S = 60
SASLPASSWD = shutil.which (
    'saslpasswd2', path=os.environ['PATH'] + ':/usr/sbin:/sbin')


def make_users (path='users', *others):
    """A file with one user or more, as an administrator makes it."""
    for user in (USER, *others):
        subprocess.run (
            [SASLPASSWD, '-p', '-c', '-f', path, '-a', 'spice', user],
            input=PASSWORD.encode (), check=True, timeout=PATIENCE_S)
    return os.path.abspath (path)


def sasl_desk (mechanisms=None, **settings):
    return Desk (sasl=settings.pop ('sasl', 'required'),
                 sasl_database=make_users (), sasl_mechanisms=mechanisms,
                 **settings)


@contextlib.contextmanager
def tls_sasl_desk (mechanisms=None, **settings):
    with Certificates () as files, sasl_desk (
            mechanisms, tls_port=0, tls_cert_file=files.cert,
            tls_key_file=files.key, **settings) as desk:
        yield desk, dict (
            tls_port=desk['s'].get_property ('current-tls-port'),
            ca_file=files.ca, host='localhost', timeout=PATIENCE_S)


def who (user=USER, password=PASSWORD, **more):
    return dict (username=user, password=password, timeout=PATIENCE_S) | more


def check_pictures (desk, viewer):
    """Through all there is between, and both ways."""
    for number, size in enumerate (((640, 480), (1024, 768), (64, 48))):
        desk.show (painting (number, *size))
        viewer.wait_canvas (painting (number, *size))
    viewer.inputs.key (0x1e)
    wait (lambda: any (event['kind'] == 'key-press' for event
                       in desk.facts ('GstNavigationMessage')), PATIENCE_S,
          'the key')


def check_refused (port=None, **properties):
    try:
        with Viewer (port, only=[], **properties):
            raise AssertionError ('it got in')
    except ConnectFailed as error:
        assert error.events[0].name == 'error-auth', error


# ---- the right ones

def test_digest_protects_a_plain_line ():
    with sasl_desk ('digest-md5') as desk:
        desk.show (painting (1))
        with Viewer (desk.port, **who ()) as viewer:
            check_pictures (desk, viewer)


def check_over_tls (mechanism):
    with tls_sasl_desk (mechanism) as (desk, where):
        desk.show (painting (1))
        with Viewer (**who (**where)) as viewer:
            check_pictures (desk, viewer)


def test_scram_sha_256_over_tls ():
    check_over_tls ('scram-sha-256')


def test_scram_sha_1_over_tls ():
    check_over_tls ('scram-sha-1')


def test_digest_over_tls ():
    check_over_tls ('digest-md5')


def test_plain_over_tls ():
    check_over_tls ('plain')


def test_a_name_is_known_ever_after ():
    with sasl_desk ('digest-md5') as desk:
        with Viewer (desk.port, only=[], **who ()):
            fact = desk.wait_fact ('spice-client-added', timeout=PATIENCE_S)
            assert fact['user'] == USER, fact
            assert fact['mechanism'] == 'DIGEST-MD5', fact
            assert desk.stats ()['clients'][0]['user'] == USER


# ---- the wrong ones

def test_a_wrong_password_is_refused_on_a_plain_line ():
    with sasl_desk ('digest-md5') as desk:
        check_refused (desk.port, **who (password='dahlia'))
        desk.wait_fact ('spice-auth-failed', timeout=PATIENCE_S)
        with Viewer (desk.port, only=[], **who ()):
            pass


def test_a_wrong_password_is_refused_over_tls ():
    with tls_sasl_desk ('scram-sha-256') as (desk, where):
        check_refused (**who (password='dahlia', **where))
        check_refused (**who (user='alice', **where))
        with Viewer (only=[], **who (**where)):
            pass


def say_who (link, user, channel, connection_id=0):
    """The link stage with PLAIN, byte by byte; its result."""
    link.send_link (channel, connection_id=connection_id,
                    common=(AUTH_SELECTION, AUTH_SASL, MINI_HEADER))
    assert link.read_reply ().error == 0
    link.send (struct.pack ('<I', AUTH_SASL))
    assert b'PLAIN' in link.read (struct.unpack ('<I', link.read (4))[0])
    words = f'\0{user}\0{PASSWORD}\0'.encode ()
    link.send (struct.pack ('<I', 5) + b'PLAIN' +
               struct.pack ('<I', len (words)) + words)
    link.read (struct.unpack ('<I', link.read (4))[0])
    assert link.read (1) == b'\1', 'PLAIN goes on'
    if link.read_result () != 0:
        return PERMISSION_DENIED
    return link.read_result ()


def test_a_session_is_of_its_user_only ():
    with tls_sasl_desk ('plain') as (desk, where):
        make_users ('users', OTHER_USER)
        context = ssl.create_default_context (cafile=where['ca_file'])

        def link ():
            line = RawLink (where['tls_port'], timeout=PATIENCE_S)
            line.socket = context.wrap_socket (line.socket,
                                               server_hostname='localhost')
            return line
        with link () as main, link () as thief, link () as own:
            assert say_who (main, USER, MAIN) == 0
            session = struct.unpack_from (
                '<I', main.wait_message (MAIN_INIT))[0]
            assert say_who (thief, OTHER_USER, DISPLAY, session) == \
                PERMISSION_DENIED
            reason = desk.wait_fact ('spice-client-rejected')['reason']
            assert "another user's" in reason, reason
            assert say_who (own, USER, DISPLAY, session) == 0


def test_start_errors_name_what_is_wrong ():
    text = Desk (sasl='required', sasl_database='/nowhere/users').start_error ()
    assert '/nowhere/users' in text, text
    text = sasl_desk ('nonsense').start_error ()
    assert 'nonsense' in text, text
    # what protects no plain line, where there is no other
    text = sasl_desk ('scram-sha-256', sasl_min_ssf=56).start_error ()
    assert 'scram-sha-256' in text and 'tls-port' in text, text
