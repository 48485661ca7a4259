#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs an example as its reader would, and looks at what it says.

    examples-test.py PROGRAM PLUGINS

PLUGINS: the folder of GStreamer's own plugins. The example gets those it uses
and no others, scanned by itself: a sanitized program cannot have its plugins
scanned by another one."""
import os
import struct
import subprocess
import sys
import tempfile

ROOT = os.path.dirname (os.path.dirname (os.path.abspath (__file__)))
sys.path[:0] = [os.path.join (ROOT, 'tests'),
                os.path.join (ROOT, 'tests', 'judge')]

from raw import RawLink, RawSession
from server import Server
import tap

PROGRAM, PLUGINS = sys.argv[1:]
NEEDED = ['coreelements', 'videotestsrc', 'audiotestsrc', 'navigationtest',
          'videoconvertscale', 'audioconvert', 'audioresample']
INPUTS, KEY_DOWN = 3, 101  # channel and message
READY = r'Open spice://127\.0\.0\.1:(\d+)'


def test_ends_after_its_seconds ():
    with Server ([PROGRAM, '--port=0', '--seconds=2'], ready=READY) as server:
        server.wait_line (r'^0 viewers$')
        server.wait_end ()


def test_ends_on_interrupt ():
    with Server ([PROGRAM, '--port=0'], ready=READY):
        pass


def test_tells_of_a_viewer ():
    with Server ([PROGRAM, '--port=0'], ready=READY) as server:
        with RawSession (server.port):
            server.wait_line (r'viewer [0-9a-f]{8} of 127\.0\.0\.1.* knocks')
            server.wait_line (r'viewer [0-9a-f]{8} of .* is in, 1 now')
            server.wait_line (r'^  127\.0\.0\.1.*: [1-9]\d* bytes sent')
        server.wait_line (r'viewer [0-9a-f]{8} of .* is gone: ')


def test_prints_keys ():
    with Server ([PROGRAM, '--port=0'], ready=READY) as server:
        with RawSession (server.port) as session:
            inputs = session.open (INPUTS)
            inputs.send_message (KEY_DOWN, struct.pack ('<I', 0x1e))
            server.wait_line ('key a, scancode 0x1e')


def test_asks_for_the_password ():
    command = [PROGRAM, '--port=0', '--password=tulip']
    with Server (command, ready=READY) as server:
        with RawLink (server.port) as link:
            link.send_link ()
            link.send_ticket (link.read_reply ().key, 'rose')
            assert link.read_result () != 0
            server.wait_line (r'somebody of .* was turned away: ')
        with RawSession (server.port, password='tulip'):
            server.wait_line (r'viewer [0-9a-f]{8} of .* is in, 1 now')


def test_says_why_it_cannot_listen ():
    with Server ([PROGRAM, '--port=0'], ready=READY) as server:
        second = subprocess.run ([PROGRAM, f'--port={server.port}'],
                                 stdin=subprocess.DEVNULL, timeout=20,
                                 capture_output=True, text=True)
        assert second.returncode == 1, second
        assert f'port {server.port}' in second.stderr, second


def offer_plugins (folder):
    for name in NEEDED:
        file = f'libgst{name}.so'
        os.symlink (os.path.join (PLUGINS, file), os.path.join (folder, file))
    os.environ.update (GST_PLUGIN_SYSTEM_PATH_1_0=folder,
                       GST_REGISTRY=os.path.join (folder, 'registry'),
                       GST_REGISTRY_FORK='no')


with tempfile.TemporaryDirectory () as folder:
    offer_plugins (folder)
    sys.exit (tap.main (globals ()))
