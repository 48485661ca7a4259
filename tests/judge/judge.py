# SPDX-License-Identifier: LGPL-2.1-or-later
"""A viewer for tests, made of spice-client-glib, and the rest of the judge.

    with reference ('--scene=typing', '--frames=30') as server:
        with Viewer (server.port) as viewer:
            viewer.wait_canvas (scene_frame ('typing', 29))
            viewer.inputs.key (0x1e)
            pcm = viewer.playback.hear (1.0)
            assert abs (tone_frequency (pcm, viewer.playback.rate) - 440) < 2

Pictures are numpy arrays, height × width × 3, blue first. Everything waits in
loop.wait: no threads, no sleeps."""

import collections
import ctypes
import os
import uuid

import gi
gi.require_version ('Gst', '1.0')
gi.require_version ('SpiceClientGLib', '2.0')
import numpy
from gi.repository import GLib, GObject, Gst, SpiceClientGLib as Client

from apps import RemoteViewer, Screen, find, screenshot
from channels import (Cursor, Display, Inputs, Playback, Record, listen)
from loop import Timeout, stall, wait, wait_seconds
from ports import PORT, SMARTCARD, USBREDIR, WEBDAV, Pipe, Port
from raw import (Closed, Drain, RawLink, RawSession, display_init, link_message,
                 ticket_bytes)
from server import (Server, ServerFailed, build_path, launched, pipeline,
                    reference, scene_frame, scene_frames)
from sound import (gap_free, gaps, is_silent, mono, steady_tone, tone,
                   tone_frequency)

MAIN, DISPLAY, INPUTS, CURSOR, PLAYBACK, RECORD = 1, 2, 3, 4, 5, 6
SERVER_MOUSE, CLIENT_MOUSE = 1, 2
PARTS = {DISPLAY: Display, INPUTS: Inputs, CURSOR: Cursor, PLAYBACK: Playback,
         RECORD: Record, PORT: Port}

Event = collections.namedtuple ('Event', 'type id name')


class ConnectFailed (AssertionError):
    """The main channel did not open; .events tells why."""

    def __init__ (self, events):
        super ().__init__ (f'not connected: {events}')
        self.events = events


def difference (got, expected):
    """Says in one line how two pictures differ; empty when they are equal."""
    if got is None or got.shape != expected.shape:
        return f'{None if got is None else got.shape} for {expected.shape}'
    wrong = (got != expected).any (axis=2)
    if not wrong.any ():
        return ''
    y, x = (int (v) for v in numpy.argwhere (wrong)[0])
    return (f'{int (wrong.sum ())} pixels differ, first at {x},{y}:'
            f' {got[y, x].tolist ()} for {expected[y, x].tolist ()}')


def start_gstreamer ():
    """For spice-client-glib, which would look at every plugin of the system
    anew in each test's home."""
    if Gst.is_initialized ():
        return
    before = os.environ.get ('GST_REGISTRY')
    os.environ['GST_REGISTRY'] = build_path ('judge-viewer-registry.bin')
    Gst.init (None)
    del os.environ['GST_REGISTRY']
    if before is not None:
        os.environ['GST_REGISTRY'] = before


class Viewer:
    """A client session.

    Entering connects and waits for the main channel (ConnectFailed when that
    fails); leaving disconnects. Parts appear as the server lists channels and
    are waited for when first asked for."""

    def __init__ (self, port=None, host='127.0.0.1', unix_path=None,
                  password=None, timeout=10.0, audio=True, only=None,
                  tls_port=None, ca_file=None, **properties):
        """only: the channel types to open, besides main; None opens all.
        More properties go to the session, with _ for -."""
        start_gstreamer ()
        self.timeout = timeout
        self.only = only
        self.events = []       # Event of every channel, in order
        self.parts = {}        # (type, id) → Display, Inputs, …
        self.all_channels = []  # SpiceChannel, all there have been
        self.main = None       # SpiceMainChannel
        self.session = Client.Session ()
        wanted = dict (properties, password=password, enable_audio=audio,
                       tls_port=tls_port and str (tls_port), ca_file=ca_file)
        if unix_path:
            wanted['unix_path'] = unix_path
        else:
            wanted.update (host=host, port=port and str (port))
        for name, value in wanted.items ():
            if value is not None:
                self.session.set_property (name.replace ('_', '-'), value)
        listen (self.session, 'channel-new', self._on_channel)

    # ---- life

    def __enter__ (self):
        self.connect ()
        return self

    def __exit__ (self, kind, value, traceback):
        self.close ()

    def dial (self):
        """Begins to connect; nobody waits for it."""
        Client.Session.connect (self.session)

    def connect (self):
        self.dial ()
        wait (lambda: self.events, self.timeout, 'the main channel')
        if self.events[0].name != 'opened':
            self.close ()
            raise ConnectFailed (self.events)

    def close (self):
        for part in self.parts.values ():
            if isinstance (part, Record):
                part.hush ()
        self.session.disconnect ()
        # its signal "disconnected" would wait for our references to go
        wait (lambda: not self.session.get_channels (), self.timeout,
              'the session to end')

    def forget (self):
        """Closes it and frees its memory: handlers and what they belong to
        keep each other. Nothing can be asked of it afterwards."""
        self.close ()
        for thing in (self.session, *self.all_channels):
            GObject.signal_handlers_destroy (thing)
        self.__dict__.clear ()

    def _on_channel (self, session, channel):
        self.all_channels.append (channel)
        kind = channel.get_property ('channel-type')
        number = channel.get_property ('channel-id')

        def on_event (_, event):
            self.events.append (Event (kind, number, event.value_nick))
        listen (channel, 'channel-event', on_event)
        if kind == MAIN:
            self.main = channel
            return
        if self.only is not None and kind not in self.only:
            return
        if kind in PARTS:
            self.parts[kind, number] = PARTS[kind] (channel)
        Client.Channel.connect (channel)

    # ---- waiting

    def wait (self, condition, timeout=None, what=None):
        """Runs the loop until condition () is true; returns its value."""
        return wait (condition, timeout or self.timeout, what)

    def part (self, kind, number=0):
        """The part of an opened channel, waited for."""
        self.wait (lambda: self.is_open (kind, number), None,
                   lambda: f'channel {kind}:{number}; so far {self.events}')
        return self.parts[kind, number]

    def is_open (self, kind, number=0):
        last = [e.name for e in self.events if (e.type, e.id) == (kind, number)]
        return bool (last) and last[-1] == 'opened'

    def wait_event (self, name, kind=MAIN, timeout=None):
        """Waits for a channel event: opened, closed, error-connect,
        error-tls, error-link, error-auth, error-io."""
        return self.wait (lambda: [e for e in self.events if e.name == name
                                   and e.type == kind], timeout,
                          lambda: f'{name} on {kind}; so far {self.events}')

    # ---- picture

    def display (self, number=0):
        """The display channel, once it has a primary surface."""
        display = self.part (DISPLAY, number)
        self.wait (lambda: display.size, None, f'surface of display {number}')
        return display

    def canvas (self, display=0):
        return self.display (display).canvas ()

    def wait_canvas (self, expected, display=0, timeout=None):
        """Waits until the picture equals an array, or until a predicate of
        the picture is true; returns the picture."""
        part = self.part (DISPLAY, display)
        seen = [-1, 'no picture']

        def look ():
            if part.changes == seen[0] or not part.size:
                return None
            seen[0] = part.changes
            picture = part.canvas ()
            if callable (expected):
                seen[1] = 'predicate false'
                return (picture,) if expected (picture) else None
            seen[1] = difference (picture, expected)
            return None if seen[1] else (picture,)
        return self.wait (look, timeout,
                          lambda: f'display {display}: {seen[1]}')[0]

    # ---- the other parts

    @property
    def cursor (self):
        return self.part (CURSOR)

    @property
    def inputs (self):
        return self.part (INPUTS)

    @property
    def playback (self):
        return self.part (PLAYBACK)

    @property
    def record (self):
        return self.part (RECORD)

    # ---- main channel

    @property
    def name (self):
        return self.session.get_property ('name')

    @property
    def uuid (self):
        """A uuid.UUID, or None."""
        address = self.session.get_property ('uuid')
        return uuid.UUID (bytes=ctypes.string_at (address, 16)) if address \
            else None

    @property
    def mouse_mode (self):
        return self.main.get_property ('mouse-mode')

    def request_mouse_mode (self, mode):
        self.main.request_mouse_mode (mode)

    def channels (self):
        """(type, id) of every channel the session has, main first."""
        return sorted ((c.get_property ('channel-type'),
                        c.get_property ('channel-id'))
                       for c in self.session.get_channels ())

    def bytes_read (self, kind=None):
        """What came in, on the channels of one type or on all."""
        return sum (c.get_property ('total-read-bytes')
                    for c in self.session.get_channels ()
                    if kind in (None, c.get_property ('channel-type')))

    def errors (self):
        return [e for e in self.events if e.name.startswith ('error')]
