# SPDX-License-Identifier: LGPL-2.1-or-later
"""A browser, with nothing between it and the server."""

import os
import tempfile
import urllib.error
import urllib.request

from certificates import *
from chromium import *
from desk import *
from judge import *

PAGES = '/usr/share/spice-html5'
NOT_FOUND = 404


def fetch (port, path='/', **headers):
    """Status and bytes of an answer."""
    request = urllib.request.Request (
        f'http://127.0.0.1:{port}{path}',
        headers={name.replace ('_', '-'): value
                 for name, value in headers.items ()})
    try:
        with urllib.request.urlopen (request, timeout=60) as answer:
            return answer.status, answer.read ()
    except urllib.error.HTTPError as error:
        return error.code, error.read ()


def read (name):
    with open (os.path.join (PAGES, name), 'rb') as file:
        return file.read ()


def test_the_client_of_the_package_is_given ():
    with Desk () as desk:
        assert fetch (desk.port) == (200, read ('spice_auto.html'))
        assert fetch (desk.port, '/main.js') == (200, read ('main.js'))
        assert fetch (desk.port, '/../../../etc/passwd')[0] == NOT_FOUND
        assert desk.facts ('spice-client-rejected') == []
        with Viewer (desk.port, only=[]):
            pass


def test_another_folder_or_none_may_be_given ():
    with tempfile.TemporaryDirectory () as folder:
        with open (os.path.join (folder, 'index.html'), 'w') as file:
            file.write ('hello')
        with Desk (web_root=folder) as desk:
            assert fetch (desk.port) == (200, b'hello')
    with Desk (web_root='') as desk:
        assert fetch (desk.port)[0] == NOT_FOUND


def test_settings_that_give_no_page_are_refused ():
    text = Desk (web_root='/nowhere').start_error ()
    assert 'web-root' in text and '/nowhere' in text, text
    for origin in ('elsewhere', 'https://elsewhere.example/', '://x'):
        text = Desk (web_origins=f'https://a.example,{origin}').start_error ()
        assert f'"{origin}"' in text, text


def ask_for_websocket (port, origin, host='127.0.0.1'):
    """The first line of the answer to a page that wants one."""
    with RawLink (port, timeout=60.0) as link:
        link.send (f'GET / HTTP/1.1\r\nHost: {host}:{port}\r\n'
                   'Upgrade: websocket\r\nConnection: Upgrade\r\n'
                   'Sec-WebSocket-Version: 13\r\n'
                   'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
                   f'Origin: {origin}\r\n\r\n'.encode ())
        return link.read (len ('HTTP/1.1 101'))


def test_pages_of_others_may_not_speak_to_us ():
    with Desk () as desk:
        assert ask_for_websocket (
            desk.port, 'http://elsewhere.example') == b'HTTP/1.1 403'
        reason = desk.wait_fact ('spice-client-rejected')['reason']
        assert 'http://elsewhere.example' in reason, reason
        assert ask_for_websocket (
            desk.port, f'http://127.0.0.1:{desk.port}') == b'HTTP/1.1 101'
        # its name server says that it is here now
        assert ask_for_websocket (
            desk.port, f'http://elsewhere.example:{desk.port}',
            'elsewhere.example') == b'HTTP/1.1 403'
    with Desk (web_origins='http://elsewhere.example') as desk:
        assert ask_for_websocket (
            desk.port, 'http://elsewhere.example') == b'HTTP/1.1 101'


def test_chromium_shows_the_desktop ():
    with Desk () as desk:
        desk.show (painting (1, 640, 480))
        with Chromium (f'http://127.0.0.1:{desk.port}/') as page:
            page.wait_canvas (painting (1, 640, 480))
            for number in (2, 3):
                desk.show (painting (number, 640, 480))
                page.wait_canvas (painting (number, 640, 480))
            assert desk.n_clients == 1


def test_chromium_types_and_clicks ():
    with Desk () as desk:
        desk.show (painting (1, 640, 480))
        with Chromium (f'http://127.0.0.1:{desk.port}/') as page:
            page.wait_canvas (painting (1, 640, 480))
            page.click (100, 80)
            page.press ('a', 'KeyA', 65)

            def has (kind, **fields):
                return any (fact.get ('kind') == kind and all (
                    fact.get (n) == v for n, v in fields.items ())
                            for fact in desk.facts (
                                'GstNavigationMessage'))
            wait (lambda: has ('key-press', key='a') and
                  has ('key-release', key='a'), PATIENCE_S, 'the key')
            wait (lambda: has ('mouse-button-press', button=1), PATIENCE_S,
                  'the click')


def test_chromium_is_asked_for_the_password ():
    with Desk (password='tulip') as desk:
        desk.show (painting (1, 640, 480))
        with Chromium (f'http://127.0.0.1:{desk.port}/',
                       password='tulip') as page:
            page.wait_canvas (painting (1, 640, 480))
            assert page.prompts == 1, page.prompts


def test_chromium_comes_by_https ():
    with Certificates () as files, \
            Desk (port=-1, tls_port=0, tls_cert_file=files.cert,
                  tls_key_file=files.key) as desk:
        port = desk['s'].get_property ('current-tls-port')
        desk.show (painting (1, 640, 480))
        with Chromium (f'https://localhost:{port}/',
                       flags=['--ignore-certificate-errors']) as page:
            page.wait_canvas (painting (1, 640, 480))


def test_chromium_plays_the_sound ():
    line = ('appsrc name=head ! spicedisplaysink name=s'
            ' audiotestsrc is-live=true ! spiceplaybacksink')
    with Desk (line) as desk:
        desk.show (painting (1, 640, 480))
        with Chromium (f'http://127.0.0.1:{desk.port}/') as page:
            page.wait_canvas (painting (1, 640, 480))
            page.wait_value (
                "document.querySelector ('audio')?.currentTime",
                lambda seconds: seconds and seconds > 0.5, 'half a second')
