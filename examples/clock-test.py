#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a clock as its reader would, and looks at what viewers are told.

    clock-test.py PROGRAM PLUGINS

PLUGINS: the folder of GStreamer's own plugins; see examples-test.py."""
import os
import struct
import sys
import tempfile

ROOT = os.path.dirname (os.path.dirname (os.path.abspath (__file__)))
sys.path[:0] = [os.path.join (ROOT, 'tests'),
                os.path.join (ROOT, 'tests', 'judge')]

from raw import RawSession
from server import Server
import tap

PROGRAM, PLUGINS = sys.argv[1:]
NEEDED = ['coreelements', 'app']
READY = r'Open spice://127\.0\.0\.1:(\d+)'
COPY, STROKE, TEXT, SURFACE_CREATE = 304, 310, 311, 314  # messages
SURFACE_IMAGE = 104
MONITORS_CAP, COMPOSITE_CAP = 1, 2  # as spice-gtk announces
HANDS = 3


def clock ():
    return Server ([PROGRAM, '--port=0'], ready=READY)


def read (display):
    message = display.read_message ()
    display.answer (message)
    return message


def is_face (message):
    return message.type == COPY and image_type (message.body) == SURFACE_IMAGE


def next_second (display):
    """The messages that draw, from one copy of the face to the next one."""
    while not is_face (message := read (display)):
        pass
    messages = [message]
    while not is_face (message := read (display)):
        messages.append (message)
    return messages


def image_type (body):
    return body[struct.unpack_from ('<I', body, 21)[0] + 8]


def open_display (session):
    return session.open_display (caps=(MONITORS_CAP, COMPOSITE_CAP))


def test_ends_after_its_seconds ():
    with Server ([PROGRAM, '--port=0', '--seconds=1'], ready=READY) as server:
        server.wait_end ()


def test_shows_a_screen_and_keeps_a_face ():
    with clock () as server, RawSession (server.port) as session:
        display = open_display (session)
        sizes = [struct.unpack_from ('<4I', display.wait_message
                                     (SURFACE_CREATE)) for _ in range (2)]
        assert sizes == [(0, 400, 460, 32), (1, 400, 460, 32)], sizes


def test_draws_each_second_with_commands ():
    with clock () as server, RawSession (server.port) as session:
        messages = next_second (open_display (session))
        kinds = [message.type for message in messages]
        assert kinds == [COPY] + [STROKE] * HANDS + [TEXT], kinds
        size = sum (len (message.body) for message in messages)
        assert size < 2000, size


def test_writes_the_time ():
    with clock () as server, RawSession (server.port) as session:
        text = next_second (open_display (session))[-1].body
        start = struct.unpack_from ('<I', text, 21)[0]
        count, flags = struct.unpack_from ('<HB', text, start)
        assert (count, flags) == (len ('12:34:56'), 1), (count, flags)


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
